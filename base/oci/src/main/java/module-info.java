/** The documents of the OCI image and runtime specifications as records. */
module dev.priok.oci {
    requires transitive dev.priok.core;
    requires transitive com.fasterxml.jackson.databind;

    exports dev.priok.oci;
    exports dev.priok.oci.image;
    exports dev.priok.oci.runtime;

    opens dev.priok.oci.image to
            com.fasterxml.jackson.databind;
    opens dev.priok.oci.runtime to
            com.fasterxml.jackson.databind;
}
