package dev.priok.registryserver.http;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A server's TLS from PEM files, which are looked at every few seconds and read again when they have changed. */
public final class TlsContext implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TlsContext.class);
    private static final long LOOK_SECONDS = 2;
    private static final Pattern KEY = Pattern.compile("-----BEGIN PRIVATE KEY-----([^-]+)-----END PRIVATE KEY-----");
    private static final char[] NO_PASSWORD = {};

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
        fill(context);
        context.setKeyStorePassword("");
        if (authorities.isPresent()) {
            context.setWantClientAuth(!required);
            context.setNeedClientAuth(required);
        }
        List<FileTime> read = times();
        this.watcher = Thread.ofVirtual().name("registry-tls").start(() -> watch(read));
    }

    SslContextFactory.Server context() {
        return context;
    }

    private void fill(SslContextFactory to) throws IOException {
        try {
            KeyStore keys = emptyStore();
            keys.setKeyEntry(
                    "server",
                    privateKey(key),
                    NO_PASSWORD,
                    certificates(certificate).toArray(Certificate[]::new));
            to.setKeyStore(keys);
            if (authorities.isPresent()) {
                KeyStore trusted = emptyStore();
                int i = 0;
                for (Certificate authority : certificates(authorities.get())) {
                    trusted.setCertificateEntry("authority-" + i++, authority);
                }
                to.setTrustStore(trusted);
            }
        } catch (GeneralSecurityException e) {
            throw new IOException("cannot use the TLS files %s and %s".formatted(certificate, key), e);
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

    private static KeyStore emptyStore() throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, NO_PASSWORD);
        return store;
    }

    private static List<Certificate> certificates(Path file) throws IOException, GeneralSecurityException {
        try (var in = Files.newInputStream(file)) {
            return List.copyOf(CertificateFactory.getInstance("X.509").generateCertificates(in));
        }
    }

    private static PrivateKey privateKey(Path file) throws IOException, GeneralSecurityException {
        var match = KEY.matcher(Files.readString(file, StandardCharsets.US_ASCII));
        if (!match.find()) {
            throw new IOException(
                    "%s has no private key in PKCS #8; convert it with: openssl pkcs8 -topk8 -nocrypt".formatted(file));
        }
        byte[] der = Base64.getMimeDecoder().decode(match.group(1));
        var none = new IOException("%s has a private key that is neither RSA, EC nor EdDSA".formatted(file));
        for (String algorithm : List.of("RSA", "EC", "EdDSA")) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
            } catch (InvalidKeySpecException e) {
                none.addSuppressed(e);
            }
        }
        throw none;
    }

    @Override
    public void close() {
        watcher.interrupt();
    }
}
