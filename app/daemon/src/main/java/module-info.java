/** The daemon: configuration and wiring. */
module dev.priok.daemon {
    requires dev.priok.core;
    requires com.fasterxml.jackson.databind;
}
