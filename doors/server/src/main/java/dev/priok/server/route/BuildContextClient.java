package dev.priok.server.route;

import dev.priok.build.CancelSignal;
import dev.priok.build.ContextClient;
import java.util.Base64;
import java.util.Map;

/**
 * Asks for files of a build context in the answer of the build: {@code {"aux":{"Send":"3-17,20"}}}, at last {@code Received}; and
 * ssh agents: {@code {"aux":{"Agent":{"Id":"default","Connection":1,"Number":2,"Message":BASE64}}}}.
 */
final class BuildContextClient implements ContextClient {
    private final ProgressStream out;
    private final CancelSignal cancel;

    BuildContextClient(ProgressStream out, CancelSignal cancel) {
        this.out = out;
        this.cancel = cancel;
    }

    @Override
    public void send(String numbers) {
        out.send(new Doc().with("aux", new Doc().with("Send", numbers)));
    }

    @Override
    public void end(Map<Integer, String> received) {
        Doc digests = new Doc();
        received.forEach((number, digest) -> digests.with(Integer.toString(number), digest));
        out.send(new Doc().with("aux", new Doc().with("Received", digests)));
    }

    @Override
    public void ask(String agent, int connection, int number, byte[] message) {
        Doc question = new Doc()
                .with("Id", agent)
                .with("Connection", connection)
                .with("Number", number)
                .with("Message", Base64.getEncoder().encodeToString(message));
        out.send(new Doc().with("aux", new Doc().with("Agent", question)));
    }

    @Override
    public void gone() {
        cancel.cancel();
    }
}
