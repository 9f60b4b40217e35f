/** The registry: keeps images by name and hands them out. */
module dev.priok.registry {
    requires transitive dev.priok.content;
    requires transitive dev.priok.core;
    requires transitive dev.priok.database;
    requires transitive dev.priok.distribution;
    requires transitive dev.priok.oci;
    requires static transitive org.jspecify;
    requires bcrypt;
    requires com.fasterxml.jackson.annotation;
    requires com.fasterxml.jackson.databind;
    requires com.nimbusds.jose.jwt;
    requires transitive java.net.http;
    requires java.naming;
    requires java.sql;
    requires org.slf4j;

    exports dev.priok.registry;
    exports dev.priok.registry.access;
}
