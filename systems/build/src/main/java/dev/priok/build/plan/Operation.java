package dev.priok.build.plan;

import dev.priok.build.fetch.GitAddress;
import dev.priok.build.ignore.IgnoreRules;
import java.net.URI;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What one step does to the root file system. All variables are replaced; names of users are not looked up yet. */
public sealed interface Operation {
    /** Nothing, and there is no file system either: a line of the plan that is only shown. */
    record Announce() implements Operation {}

    /** Begins with an image, or with nothing. */
    record Start(Optional<BaseImage> base) implements Operation {}

    /** Begins with the result of the parent step, as it is. */
    record Continue() implements Operation {}

    /** Changes only what the image says about itself. */
    record Configure() implements Operation {}

    /** Makes a directory, owned by {@code user}, unless it is there. */
    record MakeDirectory(String path, String user) implements Operation {}

    /**
     * Runs a process.
     *
     * @param args program and arguments
     * @param env environment of the image and build arguments
     * @param hiddenEnv more environment, which changes nothing about the result: proxies
     * @param workingDirectory absolute
     * @param user name or number, with or without group; empty for root
     * @param network empty for the build's
     * @param insecure whether nothing is closed to it
     * @param script a file that {@code args} names, with its content
     */
    record Run(
            List<String> args,
            Map<String, String> env,
            Map<String, String> hiddenEnv,
            String workingDirectory,
            String user,
            List<MountRequest> mounts,
            Optional<String> network,
            boolean insecure,
            Optional<InlineFile> script)
            implements Operation {
        public Run {
            args = List.copyOf(args);
            env = Collections.unmodifiableMap(new LinkedHashMap<>(env));
            hiddenEnv = Map.copyOf(hiddenEnv);
            mounts = List.copyOf(mounts);
        }
    }

    /**
     * Puts files into the tree.
     *
     * @param verb COPY or ADD, for people
     * @param destination absolute; ends with a slash when it is meant to be a directory
     * @param chown user and group, or empty
     * @param chmod octal or symbolic, or empty
     * @param parents whether the directories of the source's path are kept
     * @param unpack whether archives of the context are unpacked
     * @param linked whether it is done on nothing and then put on top of what is below, which it does not look at
     */
    record Copy(
            String verb,
            List<CopySource> sources,
            String destination,
            Optional<String> chown,
            Optional<String> chmod,
            IgnoreRules excludes,
            boolean parents,
            boolean unpack,
            boolean linked)
            implements Operation {
        public Copy {
            sources = List.copyOf(sources);
        }
    }

    /** Where files come from. */
    sealed interface CopySource {
        /**
         * A path or pattern in files that came with the request.
         *
         * @param context its name, empty for the build context
         */
        record FromContext(String context, String path) implements CopySource {}

        /** A path or pattern in the result of another step. */
        record FromStep(int step, String path) implements CopySource {}

        /** A file whose content stands in the Dockerfile. */
        record FromText(InlineFile file) implements CopySource {}

        /**
         * A file behind an http or https address.
         *
         * @param checksum {@code sha256:...} that it must have
         * @param unpack whether it is unpacked if it is an archive
         */
        record FromWeb(URI address, Optional<String> checksum, boolean unpack) implements CopySource {}

        /** Files of a git repository. */
        record FromGit(GitAddress address) implements CopySource {}
    }

    /** A small file in memory. */
    record InlineFile(String name, String text) {}

    /** Something that a process sees while it runs, and that is not part of the result. */
    sealed interface MountRequest {
        /** Absolute path inside the root file system. */
        String target();

        /** The step whose files it shows, if it shows those of one. */
        default Optional<Integer> step() {
            return Optional.empty();
        }

        /**
         * Files of the context, when {@code step} is empty, or of another step's result. What is written to them is thrown
         * away.
         */
        record Bind(Optional<Integer> step, String source, String target, boolean readOnly) implements MountRequest {}

        /**
         * A directory that lives on from build to build.
         *
         * @param step whose files it begins with, if it begins with any
         * @param source path of those
         */
        record Cache(
                Optional<Integer> step,
                String source,
                String id,
                String target,
                boolean readOnly,
                Sharing sharing,
                int permissions,
                int uid,
                int gid)
                implements MountRequest {}

        /** An empty directory in memory; 0 bytes for the kernel's default. */
        record Tmpfs(String target, long sizeBytes) implements MountRequest {}

        /**
         * A secret of the request.
         *
         * @param variable environment variable that holds it too
         * @param asFile whether there is a file
         */
        record SecretFile(
                String id,
                String target,
                boolean asFile,
                boolean required,
                int permissions,
                int uid,
                int gid,
                Optional<String> variable)
                implements MountRequest {}

        /** The socket of an agent that holds keys for ssh; one of the request. */
        record Agent(String id, Optional<String> path, boolean required, int permissions, int uid, int gid)
                implements MountRequest {
            /** Where it is when the instruction does not say. */
            @Override
            public String target() {
                return path.orElse("");
            }
        }
    }

    /** Who may use a cache directory at one time. */
    enum Sharing {
        /** Everybody. */
        SHARED,
        /** One step; another one gets a directory of its own. */
        PRIVATE,
        /** One step; another one waits. */
        LOCKED
    }
}
