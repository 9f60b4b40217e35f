package dev.priok.cli.container;

import dev.priok.cli.command.CommandFailed;
import dev.priok.cli.command.Pairs;
import dev.priok.cli.command.Session;
import dev.priok.cli.option.Flag;
import dev.priok.cli.option.ListOption;
import dev.priok.cli.option.NumberOption;
import dev.priok.cli.option.Options;
import dev.priok.cli.option.ParsedOption;
import dev.priok.cli.option.TextOption;
import dev.priok.cli.option.ValueParsers;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The options of {@code run} and {@code create} that describe the container, and the create call made of them. */
final class ContainerOptions {
    private final ListOption annotation;
    private final ListOption attach;
    private final TextOption cgroupParent;
    private final TextOption cgroupns;
    private final TextOption cidfile;
    private final TextOption domainname;
    private final TextOption entrypoint;
    private final ListOption environment;
    private final ListOption environmentFile;
    private final TextOption hostname;
    private final Flag init;
    private final Flag interactive;
    private final ListOption label;
    private final ListOption labelFile;
    private final TextOption logDriver;
    private final ListOption logOpt;
    private final TextOption restart;
    private final Flag remove;
    private final ParsedOption<Long> shmSize;
    private final TextOption stopSignal;
    private final NumberOption stopTimeout;
    private final ListOption storageOpt;
    private final ListOption sysctl;
    private final Flag tty;
    private final TextOption user;
    private final TextOption workdir;
    private final ResourceOptions resources;
    private final IsolationOptions isolation;
    private final NetworkOptions network;
    private final MountOptions mounts;
    private final HealthOptions health;
    private final UpkeepOptions upkeep;

    ContainerOptions(Options options) {
        annotation = options.list('\0', "annotation", "map", "Annotation for the OCI runtime", ValueParsers::keyValue);
        attach = options.list('a', "attach", "Attach only STDIN, STDOUT or STDERR");
        cgroupParent = options.text("cgroup-parent", "Parent of the container's cgroup");
        cgroupns = options.text("cgroupns", "Cgroup namespace: host or private");
        cidfile = options.text("cidfile", "File to write the container's id to");
        domainname = options.text("domainname", "NIS domain name");
        entrypoint = options.text("entrypoint", "Program to run instead of the image's entry point");
        environment = options.list('e', "env", "Set environment variables");
        environmentFile = options.list("env-file", "Files of environment variables");
        hostname = options.text('h', "hostname", "Host name");
        init = options.flag("init", "Run a small init that forwards signals and reaps processes");
        interactive = options.flag('i', "interactive", "Keep standard input open");
        label = options.list('l', "label", "Label the container: KEY=VALUE");
        labelFile = options.list("label-file", "Files of labels");
        logDriver = options.text("log-driver", "Where the container's output is logged");
        logOpt = options.list('\0', "log-opt", "list", "Option of the log driver", ValueParsers::keyValue);
        restart = options.text('\0', "restart", "string", "no", "Restart policy to apply when the container exits");
        remove = options.flag("rm", "Remove the container and its anonymous volumes when it exits");
        shmSize = options.parsed('\0', "shm-size", "bytes", 0L, "Size of /dev/shm", ValueParsers::bytes);
        stopSignal = options.text("stop-signal", "Signal that asks the container to end");
        stopTimeout = options.number("stop-timeout", 0, "Seconds that it gets to end");
        storageOpt = options.list('\0', "storage-opt", "list", "Option of the storage driver", ValueParsers::keyValue);
        sysctl = options.list('\0', "sysctl", "map", "Kernel setting of the container", ValueParsers::keyValue);
        tty = options.flag('t', "tty", "Give the container a terminal");
        user = options.text('u', "user", "User, and perhaps group: NAME|UID[:GROUP|GID]");
        workdir = options.text('w', "workdir", "Folder to start in");
        resources = ResourceOptions.forCreate(options);
        isolation = new IsolationOptions(options);
        network = new NetworkOptions(options);
        mounts = new MountOptions(options);
        health = new HealthOptions(options);
        upkeep = new UpkeepOptions(options);
    }

    /** An error in the description of a container. */
    static CommandFailed refuse(String message) {
        return new CommandFailed(message, CommandFailed.REFUSED);
    }

    String cidfile() {
        return cidfile.value();
    }

    boolean isRemovedAtEnd() {
        return remove.value();
    }

    boolean isTty() {
        return tty.value();
    }

    boolean hasAttach() {
        return attach.isSet();
    }

    /** Which streams of a container in the foreground are attached. */
    boolean isAttached(String stream) {
        if (!attach.isSet()) {
            return !stream.equals("stdin") || interactive.value();
        }
        boolean isNamed = false;
        for (String value : attach.values()) {
            String name = value.toLowerCase(Locale.ROOT);
            if (!name.equals("stdin") && !name.equals("stdout") && !name.equals("stderr")) {
                throw refuse("valid streams are STDIN, STDOUT and STDERR");
            }
            isNamed |= name.equals(stream);
        }
        return isNamed;
    }

    /** The body of the create call. */
    Map<String, Object> body(Session session, List<String> arguments, boolean isDetached) throws IOException {
        if (remove.value() && restart.isSet() && !restart.value().equals("no")) {
            throw refuse("conflicting options: cannot specify both --restart and --rm");
        }
        Map<String, Object> hostConfig = new LinkedHashMap<>();
        Map<String, Object> body = config(session, arguments, isDetached);
        mounts.addTo(body, hostConfig);
        health.addTo(body);
        addHostConfig(session, hostConfig);
        network.addTo(body, hostConfig, body);
        body.put("HostConfig", hostConfig);
        return body;
    }

    private Map<String, Object> config(Session session, List<String> arguments, boolean isDetached) throws IOException {
        boolean attachesStdin = !isDetached && isAttached("stdin");
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("Image", arguments.getFirst());
        if (arguments.size() > 1) {
            config.put("Cmd", arguments.subList(1, arguments.size()));
        }
        if (entrypoint.isSet()) {
            config.put("Entrypoint", List.of(entrypoint.value()));
        }
        config.put("AttachStdin", attachesStdin);
        config.put("AttachStdout", !isDetached && isAttached("stdout"));
        config.put("AttachStderr", !isDetached && isAttached("stderr"));
        config.put("Tty", tty.value());
        config.put("OpenStdin", interactive.value());
        config.put("StdinOnce", attachesStdin && interactive.value());
        config.put("Env", EnvironmentFile.merge(session, environmentFile.values(), environment.values()));
        Map<String, Object> labels = Pairs.of(EnvironmentFile.labels(labelFile.values()));
        labels.putAll(Pairs.of(label.values()));
        config.put("Labels", labels);
        ResourceOptions.add(config, hostname, "Hostname");
        ResourceOptions.add(config, domainname, "Domainname");
        ResourceOptions.add(config, user, "User");
        ResourceOptions.add(config, workdir, "WorkingDir");
        ResourceOptions.add(config, stopSignal, "StopSignal");
        ResourceOptions.add(config, stopTimeout, "StopTimeout");
        return config;
    }

    private void addHostConfig(Session session, Map<String, Object> hostConfig) throws IOException {
        resources.addTo(hostConfig);
        isolation.addTo(hostConfig);
        upkeep.addTo(hostConfig);
        ResourceOptions.add(hostConfig, cgroupParent, "CgroupParent");
        ResourceOptions.add(hostConfig, cgroupns, "CgroupnsMode");
        ResourceOptions.add(hostConfig, cidfile, "ContainerIDFile");
        ResourceOptions.add(hostConfig, init, "Init");
        ResourceOptions.add(hostConfig, remove, "AutoRemove");
        ResourceOptions.add(hostConfig, shmSize, "ShmSize");
        addPairs(hostConfig, annotation, "Annotations");
        addPairs(hostConfig, storageOpt, "StorageOpt");
        addPairs(hostConfig, sysctl, "Sysctls");
        if (restart.isSet()) {
            hostConfig.put("RestartPolicy", RestartPolicy.parse(restart.value()));
        }
        if (logDriver.isSet() || logOpt.isSet()) {
            if (logDriver.value().equals("none") && logOpt.isSet()) {
                throw refuse("invalid logging opts for driver none");
            }
            Map<String, Object> log = new LinkedHashMap<>();
            log.put("Type", logDriver.value());
            log.put("Config", Pairs.of(logOpt.values()));
            hostConfig.put("LogConfig", log);
        }
        if (tty.value() && session.terminal().isOutput()) {
            var size = session.terminal().size();
            hostConfig.put("ConsoleSize", List.of(size.rows(), size.columns()));
        }
    }

    private static void addPairs(Map<String, Object> hostConfig, ListOption option, String name) {
        if (option.isSet()) {
            hostConfig.put(name, Pairs.of(option.values()));
        }
    }
}
