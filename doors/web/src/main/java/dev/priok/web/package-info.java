/**
 * Pages for people. They are ES modules and web components that a browser runs as they are written: no build step, no network but
 * the server that serves them, no inline script ({@link dev.priok.web.Pages#CONTENT_SECURITY_POLICY}).
 */
@Boundary(
        name = "web",
        mayUse = {"core"})
@NullMarked
package dev.priok.web;

import dev.priok.core.Boundary;
import org.jspecify.annotations.NullMarked;
