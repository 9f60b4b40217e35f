package dev.priok.registryserver.http;

import dev.priok.tls.PemFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A server's TLS from PEM files, which are looked at every few seconds and read again when they have changed. */
public final class TlsContext implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TlsContext.class);
    private static final long LOOK_SECONDS = 2;

    private final Path certificate;
    private final Path key;
    private final Optional<Path> authorities;
    private final SslContextFactory.Server context = new SslContextFactory.Server();
    private final Thread watcher;

    /**
     * Reads the files.
     *
     * @param authorities who signs certificates of clients
     * @param required whether clients must show one
     */
    public TlsContext(Path certificate, Path key, Optional<Path> authorities, boolean required) throws IOException {
        this.certificate = certificate;
        this.key = key;
        this.authorities = authorities;
        // Before the files: what changes meanwhile is read again.
        List<FileTime> read = times();
        fill(context);
        context.setKeyStorePassword("");
        if (authorities.isPresent()) {
            context.setWantClientAuth(!required);
            context.setNeedClientAuth(required);
        }
        this.watcher = Thread.ofVirtual().name("registry-tls").start(() -> watch(read));
    }

    SslContextFactory.Server context() {
        return context;
    }

    private void fill(SslContextFactory to) throws IOException {
        to.setKeyStore(PemFiles.identity(certificate, key));
        if (authorities.isPresent()) {
            to.setTrustStore(PemFiles.authorities(PemFiles.certificates(authorities.get())));
        }
    }

    private List<FileTime> times() throws IOException {
        List<FileTime> times = new ArrayList<>();
        times.add(Files.getLastModifiedTime(certificate));
        times.add(Files.getLastModifiedTime(key));
        if (authorities.isPresent()) {
            times.add(Files.getLastModifiedTime(authorities.get()));
        }
        return times;
    }

    private void watch(List<FileTime> atStart) {
        List<FileTime> read = atStart;
        while (true) {
            try {
                TimeUnit.SECONDS.sleep(LOOK_SECONDS);
                List<FileTime> now = times();
                if (!now.equals(read)) {
                    context.reload(factory -> {
                        try {
                            fill(factory);
                        } catch (IOException e) {
                            throw new java.io.UncheckedIOException(e);
                        }
                    });
                    read = now;
                    LOG.info("read {} again", certificate);
                }
            } catch (InterruptedException e) {
                LOG.debug("no longer watching {}", certificate, e);
                return;
            } catch (Exception e) {
                // Half-written files are whole at the next look; until then the old ones serve.
                LOG.warn("cannot read the TLS files again", e);
            }
        }
    }

    @Override
    public void close() {
        watcher.interrupt();
    }
}
