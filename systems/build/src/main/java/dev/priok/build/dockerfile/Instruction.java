package dev.priok.build.dockerfile;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * One instruction of a Dockerfile. Words are kept as written, quotes and variables included, wherever the language
 * replaces variables later.
 *
 * @see <a href="https://docs.docker.com/reference/dockerfile/">Dockerfile reference</a>
 */
public sealed interface Instruction {
    /** Where and how it was written. */
    Source source();

    /**
     * The text of an instruction.
     *
     * @param lines where it stands
     * @param text with continuation lines joined, without heredoc bodies
     */
    record Source(SourceRange lines, String text) {}

    /** {@code FROM [--platform=P] image [AS name]}; the name is lower case. */
    record From(Source source, String image, Optional<String> platform, Optional<String> stageName)
            implements Instruction {}

    /** {@code ARG name[=default] ...}. */
    record Arg(Source source, List<Definition> definitions) implements Instruction {
        public Arg {
            definitions = List.copyOf(definitions);
        }

        /** One name with its default. */
        public record Definition(String name, Optional<String> value) {}
    }

    /**
     * {@code RUN [flags] command}.
     *
     * @param mounts values of {@code --mount}
     * @param network value of {@code --network}
     * @param security value of {@code --security}
     */
    record Run(
            Source source,
            CommandLine command,
            List<Heredoc> heredocs,
            List<String> mounts,
            Optional<String> network,
            Optional<String> security)
            implements Instruction {
        public Run {
            heredocs = List.copyOf(heredocs);
            mounts = List.copyOf(mounts);
        }
    }

    /** What COPY and ADD have in common. */
    sealed interface Transfer extends Instruction {
        /** Paths, patterns or addresses; none of the heredocs. */
        List<String> sources();

        /** Files whose content stands in the Dockerfile. */
        List<Heredoc> heredocs();

        String destination();

        Ownership ownership();

        /** Patterns of {@code --exclude}. */
        List<String> excludes();

        /** Whether it does not look at what is below. */
        boolean link();
    }

    /** {@code --chown} and {@code --chmod} as written. */
    record Ownership(Optional<String> chown, Optional<String> chmod) {}

    /** {@code COPY [--from=] [--chown=] [--chmod=] [--link] [--parents] [--exclude=] source... destination}. */
    record Copy(
            Source source,
            Optional<String> from,
            List<String> sources,
            List<Heredoc> heredocs,
            String destination,
            Ownership ownership,
            List<String> excludes,
            boolean link,
            boolean parents)
            implements Transfer {
        public Copy {
            sources = List.copyOf(sources);
            heredocs = List.copyOf(heredocs);
            excludes = List.copyOf(excludes);
        }
    }

    /**
     * {@code ADD [--chown=] [--chmod=] [--link] [--checksum=] [--unpack] ... source... destination}.
     *
     * @param unpack whether archives are unpacked; empty means local ones only
     */
    record Add(
            Source source,
            List<String> sources,
            List<Heredoc> heredocs,
            String destination,
            Ownership ownership,
            List<String> excludes,
            boolean link,
            Optional<String> checksum,
            boolean keepGitDir,
            Optional<Boolean> unpack)
            implements Transfer {
        public Add {
            sources = List.copyOf(sources);
            heredocs = List.copyOf(heredocs);
            excludes = List.copyOf(excludes);
        }
    }

    /** A name and a value of ENV or LABEL, both with variables. */
    record Pair(String name, String value) {}

    /** {@code ENV name=value ...} or {@code ENV name value}. */
    record Env(Source source, List<Pair> pairs) implements Instruction {
        public Env {
            pairs = List.copyOf(pairs);
        }
    }

    /** {@code LABEL name=value ...} or {@code LABEL name value}. */
    record Label(Source source, List<Pair> pairs) implements Instruction {
        public Label {
            pairs = List.copyOf(pairs);
        }
    }

    /** {@code WORKDIR path}. */
    record Workdir(Source source, String path) implements Instruction {}

    /** {@code USER user[:group]}. */
    record User(Source source, String user) implements Instruction {}

    /** {@code CMD command}; an empty exec form takes an inherited command away. */
    record Cmd(Source source, CommandLine command) implements Instruction {}

    /** {@code ENTRYPOINT command}. */
    record Entrypoint(Source source, CommandLine command) implements Instruction {}

    /** {@code EXPOSE port[/protocol] ...}. */
    record Expose(Source source, List<String> ports) implements Instruction {
        public Expose {
            ports = List.copyOf(ports);
        }
    }

    /** {@code VOLUME path ...}. */
    record Volume(Source source, List<String> paths) implements Instruction {
        public Volume {
            paths = List.copyOf(paths);
        }
    }

    /** {@code SHELL ["program", "argument"]}. */
    record Shell(Source source, List<String> args) implements Instruction {
        public Shell {
            args = List.copyOf(args);
        }
    }

    /** {@code STOPSIGNAL signal}. */
    record StopSignal(Source source, String signal) implements Instruction {}

    /**
     * {@code HEALTHCHECK [flags] CMD command} or {@code HEALTHCHECK NONE}.
     *
     * @param command empty for NONE
     * @param retries 0 when not given
     */
    record Healthcheck(
            Source source,
            Optional<CommandLine> command,
            Optional<Duration> interval,
            Optional<Duration> timeout,
            Optional<Duration> startPeriod,
            Optional<Duration> startInterval,
            int retries)
            implements Instruction {}

    /** {@code ONBUILD instruction}; the instruction was parsed once, so it is well-formed, and is kept as text. */
    record OnBuild(Source source, String trigger) implements Instruction {}

    /** {@code MAINTAINER name}. */
    record Maintainer(Source source, String name) implements Instruction {}
}
