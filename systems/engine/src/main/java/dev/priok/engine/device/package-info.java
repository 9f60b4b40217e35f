/** Devices that vendors describe by files: the Container Device Interface. */
@NullMarked
package dev.priok.engine.device;

import org.jspecify.annotations.NullMarked;
