package dev.priok.distribution.internal;

import dev.priok.core.Failure;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Whom a TLS connection trusts and who we are on it.
 *
 * @param context made of that
 * @param checksNames whether the certificate must be for the host
 */
public record Trust(SSLContext context, boolean checksNames) {
    private static final Pattern PEM_KEY =
            Pattern.compile("-----BEGIN ((?:[A-Z]+ )?PRIVATE KEY)-----([A-Za-z0-9+/=\\s]+)-----END", Pattern.DOTALL);
    /** AlgorithmIdentifier of rsaEncryption with version 0, as PKCS#8 wraps a PKCS#1 key. */
    private static final byte[] RSA_PREFIX = {
        0x02,
        0x01,
        0x00,
        0x30,
        0x0D,
        0x06,
        0x09,
        0x2A,
        (byte) 0x86,
        0x48,
        (byte) 0x86,
        (byte) 0xF7,
        0x0D,
        0x01,
        0x01,
        0x01,
        0x05,
        0x00
    };

    /** What the machine trusts. */
    public static Trust system() {
        try {
            return new Trust(SSLContext.getDefault(), true);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java runtime lacks TLS", e);
        }
    }

    /**
     * What a folder of {@code certs.d} says: {@code *.crt} are authorities beside the machine's, {@code *.cert} with
     * {@code *.key} is who we are.
     *
     * @param insecure trust everybody
     */
    public static Trust of(List<Path> folders, boolean insecure) throws IOException {
        List<Certificate> authorities = new ArrayList<>();
        List<KeyManager> keys = new ArrayList<>();
        for (Path folder : folders) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
                for (Path file : files) {
                    String name = file.getFileName().toString();
                    if (name.endsWith(".crt")) {
                        authorities.addAll(certificates(file));
                    } else if (name.endsWith(".cert")) {
                        Path key = file.resolveSibling(name.substring(0, name.length() - 5) + ".key");
                        if (!Files.exists(key)) {
                            throw Failure.invalid("missing key %s for client certificate %s", key, file);
                        }
                        keys.addAll(keyManagers(file, key));
                    }
                }
            }
        }
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            TrustManager trust = insecure ? new Everybody() : trustManager(authorities);
            context.init(keys.toArray(KeyManager[]::new), new TrustManager[] {trust}, null);
            return new Trust(context, !insecure);
        } catch (GeneralSecurityException e) {
            throw new IOException("cannot use the certificates in " + folders, e);
        }
    }

    private static Collection<? extends Certificate> certificates(Path file) throws IOException {
        try {
            return CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(Files.readAllBytes(file)));
        } catch (GeneralSecurityException e) {
            throw new Failure(Failure.Kind.INVALID, file + " is not a certificate: " + e.getMessage(), e);
        }
    }

    private static TrustManager trustManager(List<Certificate> more) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        int n = 0;
        for (X509Certificate known : systemAuthorities()) {
            store.setCertificateEntry("system-" + n++, known);
        }
        for (Certificate certificate : more) {
            store.setCertificateEntry("own-" + n++, certificate);
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers()[0];
    }

    private static List<X509Certificate> systemAuthorities() throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init((KeyStore) null);
        List<X509Certificate> all = new ArrayList<>();
        for (TrustManager one : factory.getTrustManagers()) {
            if (one instanceof X509TrustManager x509) {
                all.addAll(List.of(x509.getAcceptedIssuers()));
            }
        }
        return all;
    }

    private static List<KeyManager> keyManagers(Path certificate, Path key) throws IOException {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            char[] password = "in-memory".toCharArray();
            store.setKeyEntry(
                    "client",
                    privateKey(key),
                    password,
                    certificates(certificate).toArray(Certificate[]::new));
            KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            factory.init(store, password);
            return List.of(factory.getKeyManagers());
        } catch (GeneralSecurityException e) {
            throw new Failure(
                    Failure.Kind.INVALID,
                    "cannot use client certificate %s with key %s: %s".formatted(certificate, key, e.getMessage()),
                    e);
        }
    }

    private static PrivateKey privateKey(Path file) throws IOException {
        Matcher pem = PEM_KEY.matcher(Files.readString(file, StandardCharsets.US_ASCII));
        if (!pem.find()) {
            throw Failure.invalid("%s holds no unencrypted private key in PEM form", file);
        }
        byte[] der = Base64.getMimeDecoder().decode(pem.group(2));
        byte[] pkcs8 = switch (pem.group(1)) {
            case "PRIVATE KEY" -> der;
            case "RSA PRIVATE KEY" -> wrap(0x30, join(RSA_PREFIX, wrap(0x04, der)));
            default ->
                throw Failure.invalid(
                        "%s is a %s: convert it with 'openssl pkcs8 -topk8 -nocrypt'", file, pem.group(1));
        };
        List<String> tried = new ArrayList<>();
        for (String algorithm : List.of("RSA", "EC", "EdDSA")) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
            } catch (GeneralSecurityException e) {
                tried.add(algorithm + ": " + e.getMessage());
            }
        }
        throw Failure.invalid("%s is no key that can be used: %s", file, tried);
    }

    private static byte[] wrap(int tag, byte[] content) {
        byte[] length = content.length < 0x80
                ? new byte[] {(byte) content.length}
                : content.length < 0x100
                        ? new byte[] {(byte) 0x81, (byte) content.length}
                        : new byte[] {(byte) 0x82, (byte) (content.length >> 8), (byte) content.length};
        return join(join(new byte[] {(byte) tag}, length), content);
    }

    private static byte[] join(byte[] first, byte[] second) {
        byte[] both = java.util.Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    /** What {@code --insecure-registry} means; an extended one, so that the JDK adds no check of names. */
    private static final class Everybody extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, @Nullable Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, @Nullable Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, @Nullable SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, @Nullable SSLEngine engine) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
