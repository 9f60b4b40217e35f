/** Command line options as the docker command reads them, and the help text made from their declarations. */
@NullMarked
package dev.priok.cli.option;

import org.jspecify.annotations.NullMarked;
