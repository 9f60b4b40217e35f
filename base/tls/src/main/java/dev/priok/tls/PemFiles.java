package dev.priok.tls;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/**
 * Reads PEM files (RFC 7468): certificates, and private keys in PKCS #8 (RSA, EC, EdDSA) or, of RSA, in PKCS #1; none of them
 * encrypted. Every method throws {@link PemException} for a file whose content is of no use, and another
 * {@link IOException} for one that cannot be read.
 */
public final class PemFiles {
    private static final Pattern KEY = Pattern.compile(
            "-----BEGIN ((?:[A-Z]+ )?PRIVATE KEY)-----([A-Za-z0-9+/=\\s]+)-----END [A-Z ]*PRIVATE KEY-----");

    /** Version and AlgorithmIdentifier of RSA, which PKCS #8 puts before a PKCS #1 key (RFC 5208). */
    private static final byte[] RSA_HEAD = HexFormat.of().parseHex("020100300d06092a864886f70d0101010500");

    private static final int SEQUENCE = 0x30;
    private static final int OCTET_STRING = 0x04;

    private static final char[] NO_PASSWORD = {};

    private PemFiles() {}

    /** All certificates of a file, in its order; at least one. */
    public static List<Certificate> certificates(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            List<Certificate> all =
                    List.copyOf(CertificateFactory.getInstance("X.509").generateCertificates(in));
            if (all.isEmpty()) {
                throw new PemException(file + " holds no certificate");
            }
            return all;
        } catch (GeneralSecurityException e) {
            throw new PemException(file + " is not a certificate: " + e.getMessage(), e);
        }
    }

    /** The first private key of a file. */
    public static PrivateKey privateKey(Path file) throws IOException {
        Matcher pem = KEY.matcher(Files.readString(file, StandardCharsets.US_ASCII));
        if (!pem.find()) {
            throw new PemException(
                    file + " has no private key in PKCS #8; convert it with: openssl pkcs8 -topk8 -nocrypt");
        }
        byte[] der = Base64.getMimeDecoder().decode(pem.group(2));
        byte[] pkcs8 = switch (pem.group(1)) {
            case "PRIVATE KEY" -> der;
            case "RSA PRIVATE KEY" -> element(SEQUENCE, join(RSA_HEAD, element(OCTET_STRING, der)));
            default ->
                throw new PemException(
                        "%s is a %s; convert it with: openssl pkcs8 -topk8 -nocrypt".formatted(file, pem.group(1)));
        };
        PemException none = new PemException(file + " has a private key that is neither RSA, EC nor EdDSA");
        for (String algorithm : List.of("RSA", "EC", "EdDSA")) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
            } catch (InvalidKeySpecException e) {
                none.addSuppressed(e);
            } catch (GeneralSecurityException e) {
                throw new IOException("this Java runtime lacks " + algorithm, e);
            }
        }
        throw none;
    }

    /** A store with a key and its chain of certificates, without a password; refuses a key that is not the certificate's. */
    public static KeyStore identity(Path certificate, Path key) throws IOException {
        try {
            KeyStore store = empty();
            PrivateKey own = privateKey(key);
            List<Certificate> chain = certificates(certificate);
            if (!isPair(own, chain.getFirst().getPublicKey())) {
                throw new PemException(
                        "the key in %s is not that of the first certificate in %s; give the two that belong together"
                                .formatted(key, certificate));
            }
            store.setKeyEntry("own", own, NO_PASSWORD, chain.toArray(Certificate[]::new));
            return store;
        } catch (GeneralSecurityException e) {
            throw new PemException(
                    "cannot use certificate %s with key %s: %s".formatted(certificate, key, e.getMessage()), e);
        }
    }

    /** Whether the one verifies what the other signs. */
    private static boolean isPair(PrivateKey own, PublicKey shown) throws GeneralSecurityException {
        String algorithm = switch (own.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> "EdDSA";
        };
        byte[] message = {1};
        Signature signature = Signature.getInstance(algorithm);
        signature.initSign(own);
        signature.update(message);
        byte[] signed = signature.sign();
        try {
            signature.initVerify(shown);
            signature.update(message);
            return signature.verify(signed);
        } catch (InvalidKeyException | SignatureException _) {
            // Of another algorithm or size.
            return false;
        }
    }

    /** A store of certificates to trust. */
    public static KeyStore authorities(Collection<? extends Certificate> certificates) throws IOException {
        try {
            KeyStore store = empty();
            int i = 0;
            for (Certificate authority : certificates) {
                store.setCertificateEntry("authority-" + i++, authority);
            }
            return store;
        } catch (GeneralSecurityException e) {
            throw new IOException("cannot keep certificates: " + e.getMessage(), e);
        }
    }

    /** What shows {@link #identity} to the other side. */
    public static KeyManager[] keyManagers(Path certificate, Path key) throws IOException {
        KeyStore store = identity(certificate, key);
        try {
            KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            factory.init(store, NO_PASSWORD);
            return factory.getKeyManagers();
        } catch (GeneralSecurityException e) {
            throw new PemException(
                    "cannot use certificate %s with key %s: %s".formatted(certificate, key, e.getMessage()), e);
        }
    }

    /** What trusts these certificates and no other. */
    public static TrustManager[] trustManagers(Collection<? extends Certificate> certificates) throws IOException {
        KeyStore store = authorities(certificates);
        try {
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(store);
            return factory.getTrustManagers();
        } catch (GeneralSecurityException e) {
            throw new IOException("cannot trust certificates: " + e.getMessage(), e);
        }
    }

    private static KeyStore empty() throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, NO_PASSWORD);
        return store;
    }

    private static byte[] join(byte[] first, byte[] second) {
        return ByteBuffer.allocate(first.length + second.length)
                .put(first)
                .put(second)
                .array();
    }

    /** A DER element with the long form of its length, for content of up to 65,535 bytes; any key is much shorter. */
    private static byte[] element(int tag, byte[] content) throws PemException {
        if (content.length > 0xFFFF) {
            throw new PemException("a key of " + content.length + " bytes is none");
        }
        return ByteBuffer.allocate(content.length + 4)
                .put((byte) tag)
                .put((byte) 0x82)
                .putShort((short) content.length)
                .put(content)
                .array();
    }
}
