package dev.priok.server.http;

import dev.priok.server.Listener;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/** Reads the PEM files of dockerd's TLS flags. */
final class TlsFiles {
    private static final Pattern KEY =
            Pattern.compile("-----BEGIN (RSA )?PRIVATE KEY-----([^-]+)-----END (?:RSA )?PRIVATE KEY-----");

    /** AlgorithmIdentifier of RSA, with the version before it: what PKCS #8 puts around a PKCS #1 key (RFC 5208). */
    private static final byte[] RSA_PKCS8_HEAD = {
        0x02,
        0x01,
        0x00,
        0x30,
        0x0d,
        0x06,
        0x09,
        0x2a,
        (byte) 0x86,
        0x48,
        (byte) 0x86,
        (byte) 0xf7,
        0x0d,
        0x01,
        0x01,
        0x01,
        0x05,
        0x00
    };

    private static final char[] NO_PASSWORD = {};

    private TlsFiles() {}

    /** A server context that asks clients for certificates when there is an authority to check them with. */
    static SslContextFactory.Server contextOf(Listener.Tls tls) throws IOException {
        var context = new SslContextFactory.Server();
        try {
            KeyStore keys = emptyStore();
            keys.setKeyEntry(
                    "server",
                    privateKey(tls.key()),
                    NO_PASSWORD,
                    certificates(tls.certificate()).toArray(Certificate[]::new));
            context.setKeyStore(keys);
            context.setKeyStorePassword("");
            if (tls.clientAuthority().isPresent()) {
                KeyStore trusted = emptyStore();
                int i = 0;
                for (Certificate authority : certificates(tls.clientAuthority().get())) {
                    trusted.setCertificateEntry("authority-" + i++, authority);
                }
                context.setTrustStore(trusted);
                context.setNeedClientAuth(true);
            }
        } catch (GeneralSecurityException e) {
            throw new IOException("cannot use the TLS files %s and %s".formatted(tls.certificate(), tls.key()), e);
        }
        return context;
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
        byte[] der = Base64.getMimeDecoder().decode(match.group(2));
        byte[] pkcs8 = match.group(1) == null ? der : wrapped(der);
        var none = new IOException("%s has a private key that is neither RSA, EC nor EdDSA".formatted(file));
        for (String algorithm : List.of("RSA", "EC", "EdDSA")) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
            } catch (InvalidKeySpecException e) {
                none.addSuppressed(e);
            }
        }
        throw none;
    }

    private static byte[] wrapped(byte[] pkcs1) throws IOException {
        var inner = new ByteArrayOutputStream();
        inner.write(RSA_PKCS8_HEAD);
        inner.write(element(0x04, pkcs1));
        return element(0x30, inner.toByteArray());
    }

    private static byte[] element(int tag, byte[] content) throws IOException {
        var out = new ByteArrayOutputStream();
        out.write(tag);
        if (content.length < 0x80) {
            out.write(content.length);
        } else {
            out.write(0x82);
            out.write(content.length >> 8);
            out.write(content.length);
        }
        new ByteArrayInputStream(content).transferTo(out);
        return out.toByteArray();
    }
}
