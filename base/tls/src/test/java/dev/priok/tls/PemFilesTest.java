package dev.priok.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.util.Arrays;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PemFilesTest {
    /** What stands before the PKCS #1 key in the PKCS #8 form of an RSA key of 2048 bits. */
    private static final int RSA_2048_HEAD_BYTES = 26;

    @TempDir
    private Path folder;

    private Path pem(String name, String label, byte[] der) throws IOException {
        String text = Base64.getMimeEncoder(64, "\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII))
                .encodeToString(der);
        return Files.writeString(
                folder.resolve(name), "-----BEGIN " + label + "-----\n" + text + "\n-----END " + label + "-----\n");
    }

    private static PrivateKey generate(String algorithm) throws Exception {
        return KeyPairGenerator.getInstance(algorithm).generateKeyPair().getPrivate();
    }

    @ParameterizedTest
    @ValueSource(strings = {"RSA", "EC", "Ed25519"})
    void keysInPkcs8AreRead(String algorithm) throws Exception {
        PrivateKey key = generate(algorithm);
        assertEquals(key, PemFiles.privateKey(pem("k", "PRIVATE KEY", key.getEncoded())));
    }

    @Test
    void anRsaKeyInPkcs1IsRead() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        PrivateKey key = generator.generateKeyPair().getPrivate();
        byte[] pkcs8 = key.getEncoded();
        byte[] pkcs1 = Arrays.copyOfRange(pkcs8, RSA_2048_HEAD_BYTES, pkcs8.length);
        assertEquals(key, PemFiles.privateKey(pem("k", "RSA PRIVATE KEY", pkcs1)));
    }

    @Test
    void whatIsNoKeyIsNamedWithTheWayOut() throws Exception {
        Path encrypted = pem("e.pem", "ENCRYPTED PRIVATE KEY", new byte[40]);
        IOException refused = assertThrows(PemException.class, () -> PemFiles.privateKey(encrypted));
        assertTrue(
                refused.getMessage().startsWith(encrypted + " is a ENCRYPTED PRIVATE KEY; convert it with: openssl"),
                refused.getMessage());
        Path rubbish = pem("r.pem", "PRIVATE KEY", new byte[40]);
        assertTrue(assertThrows(PemException.class, () -> PemFiles.privateKey(rubbish))
                .getMessage()
                .contains(rubbish + " has a private key that is neither RSA, EC nor EdDSA"));
        Path none = Files.writeString(folder.resolve("n.pem"), "hello");
        assertTrue(assertThrows(PemException.class, () -> PemFiles.privateKey(none))
                .getMessage()
                .contains(none + " has no private key in PKCS #8"));
        assertThrows(PemException.class, () -> PemFiles.certificates(none));
        assertThrows(NoSuchFileException.class, () -> PemFiles.certificates(folder.resolve("absent")));
    }
}
