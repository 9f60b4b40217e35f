/** Tests by strangers: the docker command, docker-java, Testcontainers, each unmodified, against a daemon of the test's own. */
package dev.priok.e2e;
