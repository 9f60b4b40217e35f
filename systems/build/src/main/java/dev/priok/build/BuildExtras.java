package dev.priok.build;

import dev.priok.core.Credentials;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * What few builds ask for. {@link #NONE} and the {@code with} methods make one.
 *
 * @param id names the build in the list of builds; letters, digits and dashes; made up when empty
 * @param keepTimes whether files keep their times and the image tells when it was built; by default neither does, so that the
 *     same inputs give the same image
 * @param keepFailure whether the root file system of a step that failed is kept as an image
 * @param packed whether the context holds, below {@link #PACK}, secrets ({@code secrets/ID}) and the files of named contexts
 *     ({@code contexts/NAME/...})
 * @param contexts named contexts that are not among the files of the request, by name: {@code docker-image://REFERENCE}, a git
 *     repository, an archive behind an http address, or {@code oci-layout://FOLDER[:TAG][@DIGEST]}, whose folder is in the request
 * @param allowed what is closed to steps unless a build is given it
 * @param credentials for the registries that base images come from, by domain ({@code docker.io} for Docker Hub)
 * @param exchange other builders' caches
 * @param remote where the build context is instead of in the request: a git repository, an archive or a Dockerfile behind an http
 *     address; empty for in the request
 * @param observer is told what happens, as it happens
 * @param client sends files of the context as they are needed, after a list of them; nobody when the context is a whole archive
 */
public record BuildExtras(
        String id,
        boolean keepTimes,
        boolean keepFailure,
        boolean packed,
        Map<String, String> contexts,
        Set<Entitlement> allowed,
        Function<String, Credentials> credentials,
        CacheExchange exchange,
        String remote,
        BuildObserver observer,
        Optional<ContextClient> client) {
    /** Folder of a packed context that is no part of it. */
    public static final String PACK = ".priok-build-inputs";

    /** Nothing out of the ordinary. */
    public static final BuildExtras NONE = new BuildExtras(
            "",
            false,
            false,
            false,
            Map.of(),
            Set.of(),
            _ -> Credentials.ANONYMOUS,
            CacheExchange.NONE,
            "",
            BuildObserver.NOBODY,
            Optional.empty());

    public BuildExtras {
        contexts = Map.copyOf(contexts);
        allowed = Set.copyOf(allowed);
    }

    /** What a Dockerfile alone must not take. */
    public enum Entitlement {
        /** {@code RUN --network=host}: the host's own network. */
        NETWORK_HOST,
        /** {@code RUN --security=insecure}: every capability, no filter of system calls. */
        SECURITY_INSECURE
    }

    /** The same, watched by somebody. */
    public BuildExtras withObserver(BuildObserver newObserver) {
        return new BuildExtras(
                id,
                keepTimes,
                keepFailure,
                packed,
                contexts,
                allowed,
                credentials,
                exchange,
                remote,
                newObserver,
                client);
    }

    /** The same with a client that sends files as they are needed. */
    public BuildExtras withClient(ContextClient newClient) {
        return new BuildExtras(
                id,
                keepTimes,
                keepFailure,
                packed,
                contexts,
                allowed,
                credentials,
                exchange,
                remote,
                observer,
                Optional.of(newClient));
    }

    /** The same, telling true times. */
    public BuildExtras keepingTimes() {
        return new BuildExtras(
                id, true, keepFailure, packed, contexts, allowed, credentials, exchange, remote, observer, client);
    }

    /** The same, with other builders' caches. */
    public BuildExtras withExchange(CacheExchange newExchange) {
        return new BuildExtras(
                id,
                keepTimes,
                keepFailure,
                packed,
                contexts,
                allowed,
                credentials,
                newExchange,
                remote,
                observer,
                client);
    }
}
