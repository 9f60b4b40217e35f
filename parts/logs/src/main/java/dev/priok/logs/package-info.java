/**
 * Output of containers. Terms: a <em>source</em> is a pipe or terminal that a container writes into; a <em>journal</em> is
 * a file with the raw bytes of one stream of one run; a <em>log</em> is what a {@link dev.priok.logs.LogDriver} makes of them;
 * an <em>attachment</em> is somebody who looks on live.
 *
 * <p>{@link dev.priok.logs.OutputPump} moves all of it: source to journal by splice, journal to log and attachments. A daemon
 * that is killed at any instant loses and repeats nothing, see docs/decisions/0003.
 */
@Boundary(
        name = "logs",
        mayUse = {"core", "linux"})
@NullMarked
package dev.priok.logs;

import dev.priok.core.Boundary;
import org.jspecify.annotations.NullMarked;
