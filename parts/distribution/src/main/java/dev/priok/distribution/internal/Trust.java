package dev.priok.distribution.internal;

import dev.priok.core.Failure;
import dev.priok.tls.PemException;
import dev.priok.tls.PemFiles;
import dev.priok.tls.TrustsEverybody;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/**
 * Whom a TLS connection trusts and who we are on it.
 *
 * @param context made of that
 * @param checksNames whether the certificate must be for the host
 */
public record Trust(SSLContext context, boolean checksNames) {
    private static final String CERTIFICATE = ".cert";

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
     * @throws Failure INVALID for a file that is no certificate or key
     */
    public static Trust of(List<Path> folders, boolean insecure) throws IOException {
        List<Certificate> authorities = new ArrayList<>();
        List<KeyManager> keys = new ArrayList<>();
        try {
            for (Path folder : folders) {
                read(folder, authorities, keys);
            }
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(
                    keys.toArray(KeyManager[]::new),
                    insecure ? new TrustManager[] {new TrustsEverybody()} : besideTheSystems(authorities),
                    null);
            return new Trust(context, !insecure);
        } catch (PemException e) {
            throw new Failure(Failure.Kind.INVALID, String.valueOf(e.getMessage()), e);
        } catch (GeneralSecurityException e) {
            throw new IOException("cannot use the certificates in " + folders, e);
        }
    }

    /** Differs when files in the folders were added, removed or changed. */
    static String fingerprint(List<Path> folders) throws IOException {
        List<String> files = new ArrayList<>();
        for (Path folder : folders) {
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
                for (Path file : entries) {
                    files.add("%s %s %d".formatted(file, Files.getLastModifiedTime(file), Files.size(file)));
                }
            }
        }
        Collections.sort(files);
        return String.join(", ", files);
    }

    private static void read(Path folder, List<Certificate> authorities, List<KeyManager> keys) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                if (name.endsWith(".crt")) {
                    authorities.addAll(PemFiles.certificates(file));
                } else if (name.endsWith(CERTIFICATE)) {
                    Path key = file.resolveSibling(name.substring(0, name.length() - CERTIFICATE.length()) + ".key");
                    if (!Files.exists(key)) {
                        throw Failure.invalid("missing key %s for client certificate %s", key, file);
                    }
                    keys.addAll(List.of(PemFiles.keyManagers(file, key)));
                }
            }
        }
    }

    private static TrustManager[] besideTheSystems(List<Certificate> more)
            throws GeneralSecurityException, IOException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init((KeyStore) null);
        List<Certificate> all = new ArrayList<>(more);
        for (TrustManager one : factory.getTrustManagers()) {
            if (one instanceof X509TrustManager x509) {
                all.addAll(List.of(x509.getAcceptedIssuers()));
            }
        }
        return PemFiles.trustManagers(all);
    }
}
