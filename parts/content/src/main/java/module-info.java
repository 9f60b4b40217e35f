/** Content-addressed blobs on the local disk. */
module dev.priok.content {
    requires transitive dev.priok.core;
    requires org.slf4j;

    exports dev.priok.content;
}
