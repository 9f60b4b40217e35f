package dev.priok.client.internal;

import dev.priok.client.TlsFiles;
import dev.priok.tls.PemFiles;
import dev.priok.tls.TrustsEverybody;
import java.io.IOException;
import java.security.GeneralSecurityException;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/** Makes a TLS context of PEM files. */
public final class TlsContext {
    private TlsContext() {}

    /**
     * Reads the files.
     *
     * @throws IOException when a file cannot be read or used; its message names it
     */
    public static SSLContext of(TlsFiles files) throws IOException {
        KeyManager @Nullable [] keys = files.certificate().isEmpty()
                        || files.key().isEmpty()
                ? null
                : PemFiles.keyManagers(files.certificate().get(), files.key().get());
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys, trust(files), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException("cannot use the TLS files: " + e.getMessage(), e);
        }
    }

    /** The machine's own authorities, when no other is named. */
    private static TrustManager @Nullable [] trust(TlsFiles files) throws IOException {
        if (!files.verify()) {
            return new TrustManager[] {new TrustsEverybody()};
        }
        return files.authority().isEmpty()
                ? null
                : PemFiles.trustManagers(PemFiles.certificates(files.authority().get()));
    }
}
