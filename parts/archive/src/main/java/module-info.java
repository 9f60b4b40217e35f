/** Tar streams read and written as the OCI image specification needs them, with their compression. */
module dev.priok.archive {
    requires transitive dev.priok.core;
    requires com.github.luben.zstd_jni;
    requires org.apache.commons.compress;
    requires org.tukaani.xz;

    exports dev.priok.archive;
}
