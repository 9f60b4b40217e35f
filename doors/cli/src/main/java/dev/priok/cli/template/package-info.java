/**
 * The part of Go's template language that {@code --format} needs: fields, variables, pipelines, if/with/range, and docker's
 * functions. Templates are parsed to a tree and walked; nothing is compiled.
 *
 * @see <a href="https://pkg.go.dev/text/template">text/template</a>
 */
@NullMarked
package dev.priok.cli.template;

import org.jspecify.annotations.NullMarked;
