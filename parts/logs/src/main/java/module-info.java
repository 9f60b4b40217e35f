/** What containers write: pumped from their pipes through journals into logs and to whoever is attached, and read again. */
module dev.priok.logs {
    requires transitive dev.priok.core;
    requires transitive dev.priok.linux;
    requires org.slf4j;

    exports dev.priok.logs;
}
