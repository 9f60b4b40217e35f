package dev.priok.cli.build;

import dev.priok.cli.command.CommandFailed;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPrivateKeySpec;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.RSAPrivateCrtKeySpec;
import java.util.Arrays;
import java.util.Base64;

/**
 * A private key as OpenSSH keeps it, and the signatures that an agent makes with it.
 *
 * @see <a href="https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.key">PROTOCOL.key</a>
 */
final class SshKey {
    private static final String BEGIN = "-----BEGIN OPENSSH PRIVATE KEY-----";
    private static final String END = "-----END OPENSSH PRIVATE KEY-----";
    private static final String MAGIC = "openssh-key-v1\0";

    /** Flags of a request to sign: which hash RSA uses. */
    private static final int RSA_SHA2_256 = 2;

    private static final int RSA_SHA2_512 = 4;

    private static final int SEED_BYTES = 32;
    private static final int MAXIMUM_BYTES = 64 << 10;

    private final String type;
    private final byte[] blob;
    private final String comment;
    private final PrivateKey secret;

    private SshKey(String type, byte[] blob, String comment, PrivateKey secret) {
        this.type = type;
        this.blob = blob;
        this.comment = comment;
        this.secret = secret;
    }

    /** The public key, as ssh sends it. */
    byte[] blob() {
        return blob.clone();
    }

    /** Says whose it is, for people. */
    String comment() {
        return comment;
    }

    /** Reads a key file. */
    static SshKey read(Path file) throws IOException {
        if (Files.size(file) > MAXIMUM_BYTES) {
            throw new CommandFailed(file + " is no private key of ssh: it has more than " + MAXIMUM_BYTES + " bytes");
        }
        String text = Files.readString(file, StandardCharsets.ISO_8859_1).strip();
        if (!text.startsWith(BEGIN) || !text.endsWith(END)) {
            throw new CommandFailed(
                    file + " is no private key in OpenSSH's form: 'ssh-keygen -p -f " + file + "' rewrites older ones");
        }
        try {
            String body = text.substring(BEGIN.length(), text.length() - END.length());
            return parse(ByteBuffer.wrap(Base64.getMimeDecoder().decode(body)), file);
        } catch (BufferUnderflowException | IllegalArgumentException | GeneralSecurityException e) {
            throw new CommandFailed(file + " is a broken private key of ssh: " + e);
        }
    }

    private static SshKey parse(ByteBuffer in, Path file) throws GeneralSecurityException {
        byte[] magic = new byte[MAGIC.length()];
        in.get(magic);
        if (!new String(magic, StandardCharsets.US_ASCII).equals(MAGIC)) {
            throw new IllegalArgumentException("unknown version");
        }
        String cipher = text(in);
        if (!cipher.equals("none")) {
            throw new CommandFailed(file + " is encrypted: add it to an ssh-agent, and give --ssh without it");
        }
        // How the key of the cipher is derived, from what, and how many keys there are.
        string(in);
        string(in);
        if (in.getInt() != 1) {
            throw new IllegalArgumentException("more than one key");
        }
        byte[] blob = string(in);
        ByteBuffer secret = ByteBuffer.wrap(string(in));
        int check = secret.getInt();
        if (check != secret.getInt()) {
            throw new IllegalArgumentException("wrong check bytes");
        }
        String type = text(secret);
        PrivateKey key = switch (type) {
            case "ssh-ed25519" -> edwards(secret);
            case "ssh-rsa" -> rsa(secret);
            case "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521" -> elliptic(secret);
            default ->
                throw new CommandFailed(file + ": keys of type " + type
                        + " are not supported: add it to an ssh-agent, and give --ssh without it");
        };
        return new SshKey(type, blob, text(secret), key);
    }

    private static PrivateKey edwards(ByteBuffer in) throws GeneralSecurityException {
        string(in);
        byte[] seed = Arrays.copyOf(string(in), SEED_BYTES);
        return KeyFactory.getInstance("Ed25519")
                .generatePrivate(new EdECPrivateKeySpec(NamedParameterSpec.ED25519, seed));
    }

    private static PrivateKey rsa(ByteBuffer in) throws GeneralSecurityException {
        BigInteger modulus = number(in);
        BigInteger publicExponent = number(in);
        BigInteger exponent = number(in);
        BigInteger coefficient = number(in);
        BigInteger p = number(in);
        BigInteger q = number(in);
        BigInteger one = BigInteger.ONE;
        return KeyFactory.getInstance("RSA")
                .generatePrivate(new RSAPrivateCrtKeySpec(
                        modulus,
                        publicExponent,
                        exponent,
                        p,
                        q,
                        exponent.mod(p.subtract(one)),
                        exponent.mod(q.subtract(one)),
                        coefficient));
    }

    private static PrivateKey elliptic(ByteBuffer in) throws GeneralSecurityException {
        String curve = "secp" + text(in).substring("nistp".length()) + "r1";
        string(in);
        AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
        parameters.init(new ECGenParameterSpec(curve));
        return KeyFactory.getInstance("EC")
                .generatePrivate(new ECPrivateKeySpec(number(in), parameters.getParameterSpec(ECParameterSpec.class)));
    }

    /**
     * Signs.
     *
     * @param flags of the request
     * @return the signature with its algorithm's name before it, as ssh sends it
     */
    byte[] sign(byte[] data, int flags) throws GeneralSecurityException, IOException {
        String name = type;
        String algorithm;
        if (type.equals("ssh-ed25519")) {
            algorithm = "Ed25519";
        } else if (!type.equals("ssh-rsa")) {
            String bits = type.substring(type.length() - 3);
            algorithm = "SHA" + (bits.equals("521") ? "512" : bits) + "withECDSAinP1363Format";
        } else if ((flags & RSA_SHA2_512) != 0) {
            name = "rsa-sha2-512";
            algorithm = "SHA512withRSA";
        } else if ((flags & RSA_SHA2_256) != 0) {
            name = "rsa-sha2-256";
            algorithm = "SHA256withRSA";
        } else {
            algorithm = "SHA1withRSA";
        }
        Signature signature = Signature.getInstance(algorithm);
        signature.initSign(secret);
        signature.update(data);
        byte[] made = signature.sign();
        return joined(name.getBytes(StandardCharsets.US_ASCII), type.startsWith("ecdsa") ? twoNumbers(made) : made);
    }

    /** Both halves as numbers of their own. */
    private static byte[] twoNumbers(byte[] halves) throws IOException {
        int half = halves.length / 2;
        return joined(
                new BigInteger(1, Arrays.copyOf(halves, half)).toByteArray(),
                new BigInteger(1, Arrays.copyOfRange(halves, half, halves.length)).toByteArray());
    }

    /** Strings as ssh writes them, one after the other. */
    static byte[] joined(byte[]... strings) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        for (byte[] string : strings) {
            out.writeInt(string.length);
            out.write(string);
        }
        return bytes.toByteArray();
    }

    /** Reads a string as ssh writes it. */
    static byte[] string(ByteBuffer in) {
        int length = in.getInt();
        if (length < 0 || length > in.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] bytes = new byte[length];
        in.get(bytes);
        return bytes;
    }

    private static String text(ByteBuffer in) {
        return new String(string(in), StandardCharsets.UTF_8);
    }

    private static BigInteger number(ByteBuffer in) {
        return new BigInteger(string(in));
    }
}
