/** The documents of the Docker Engine API as records, and what changed between its versions. */
module dev.priok.api {
    requires transitive com.fasterxml.jackson.annotation;
    requires transitive com.fasterxml.jackson.databind;
    requires transitive dev.priok.core;
    requires static transitive org.jspecify;

    exports dev.priok.api;

    opens dev.priok.api to
            com.fasterxml.jackson.databind;
}
