/**
 * A build's cache on its way between builders: as a document and layers in a registry or a folder, or inside the image that
 * was built. Knows neither plans nor how steps are done.
 */
@NullMarked
package dev.priok.build.exchange;

import org.jspecify.annotations.NullMarked;
