/** The builder: Dockerfile front end, plan, cache and the solver that runs the plan through an {@code Executor}. */
module dev.priok.build {
    requires static transitive org.jspecify;
    requires transitive dev.priok.core;
    requires com.fasterxml.jackson.core;

    exports dev.priok.build;
}
