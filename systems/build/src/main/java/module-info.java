/** The builder: Dockerfile front end, plan, cache and the solver that runs the plan through an {@code Executor}. */
module dev.priok.build {
    requires static transitive org.jspecify;
    requires transitive dev.priok.core;
    requires transitive dev.priok.content;
    requires transitive dev.priok.database;
    requires transitive dev.priok.distribution;
    requires transitive dev.priok.image;
    requires transitive dev.priok.snapshot;
    requires dev.priok.linux;
    requires dev.priok.oci;
    requires dev.priok.archive;
    requires java.net.http;
    requires org.eclipse.jgit;
    requires org.eclipse.jgit.ssh.apache;
    requires org.slf4j;
    requires com.fasterxml.jackson.annotation;
    requires com.fasterxml.jackson.core;
    requires com.fasterxml.jackson.databind;

    exports dev.priok.build;

    opens dev.priok.build.exchange to
            com.fasterxml.jackson.databind;
}
