package dev.priok.server.http;

import dev.priok.server.Listener;
import dev.priok.tls.PemFiles;
import java.io.IOException;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/** Reads the PEM files of dockerd's TLS flags. */
final class TlsFiles {
    private TlsFiles() {}

    /** A server context that asks clients for certificates when there is an authority to check them with. */
    static SslContextFactory.Server contextOf(Listener.Tls tls) throws IOException {
        var context = new SslContextFactory.Server();
        context.setKeyStore(PemFiles.identity(tls.certificate(), tls.key()));
        context.setKeyStorePassword("");
        if (tls.clientAuthority().isPresent()) {
            context.setTrustStore(PemFiles.authorities(
                    PemFiles.certificates(tls.clientAuthority().get())));
            context.setNeedClientAuth(true);
        }
        return context;
    }
}
