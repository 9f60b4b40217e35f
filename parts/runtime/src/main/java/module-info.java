/** From an OCI runtime configuration and a root file system to a running, supervised process. */
module dev.priok.runtime {
    requires transitive dev.priok.oci;
    requires transitive dev.priok.linux;
    requires dev.priok.init;
    requires org.slf4j;

    exports dev.priok.runtime;

    opens dev.priok.runtime.internal to
            com.fasterxml.jackson.databind;
}
