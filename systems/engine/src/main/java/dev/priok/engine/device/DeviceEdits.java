package dev.priok.engine.device;

import dev.priok.core.Failure;
import dev.priok.engine.spec.Environment;
import dev.priok.engine.spec.GrantedDevice;
import dev.priok.engine.spec.HostDevices;
import dev.priok.oci.runtime.LinuxSpec;
import dev.priok.oci.runtime.MountSpec;
import dev.priok.oci.runtime.ProcessSpec;
import dev.priok.oci.runtime.RuntimeSpec;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What devices change in a container's configuration, besides its device nodes.
 *
 * @param nodes device nodes, with what the container may do with them
 */
public record DeviceEdits(
        List<String> env,
        List<GrantedDevice> nodes,
        List<MountSpec> mounts,
        List<CdiSpec.Hook> hooks,
        List<Integer> additionalGids) {
    /** Nothing. */
    public static final DeviceEdits NONE = new DeviceEdits(List.of(), List.of(), List.of(), List.of(), List.of());

    static DeviceEdits of(List<CdiSpec.Edits> all) {
        DeviceEdits merged = new DeviceEdits(
                new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        for (CdiSpec.Edits edits : all) {
            if (edits.intelRdt() != null || edits.netDevices() != null) {
                throw Failure.invalid(
                        "CDI device injection failed: %s is not supported",
                        edits.intelRdt() != null ? "intelRdt" : "netDevices");
            }
            merged.env.addAll(edits.env());
            edits.deviceNodes().forEach(node -> merged.nodes.add(node(node)));
            edits.mounts().forEach(mount -> merged.mounts.add(mount(mount)));
            merged.hooks.addAll(edits.hooks());
            merged.additionalGids.addAll(edits.additionalGids());
        }
        return merged;
    }

    private static GrantedDevice node(CdiSpec.Node node) {
        LinuxSpec.Device device;
        if (node.type() != null && node.major() != null && node.minor() != null) {
            device = new LinuxSpec.Device(
                    node.type().equals("u") ? "c" : node.type(),
                    node.path(),
                    node.major(),
                    node.minor(),
                    node.fileMode(),
                    node.uid(),
                    node.gid());
        } else {
            String path = node.hostPath() == null || node.hostPath().isEmpty() ? node.path() : node.hostPath();
            LinuxSpec.Device found = HostDevices.at(path, node.path()).getFirst();
            device = new LinuxSpec.Device(
                    found.type(),
                    node.path(),
                    found.major(),
                    found.minor(),
                    node.fileMode() == null ? found.fileMode() : node.fileMode(),
                    node.uid() == null ? found.uid() : node.uid(),
                    node.gid() == null ? found.gid() : node.gid());
        }
        String permissions = node.permissions() == null ? "rwm" : node.permissions();
        return new GrantedDevice(device, permissions.equals("none") ? "" : permissions);
    }

    private static MountSpec mount(CdiSpec.Mount mount) {
        String type = mount.type() == null || mount.type().isEmpty() ? "bind" : mount.type();
        List<String> options = new ArrayList<>(mount.options());
        if (type.equals("bind") && !options.contains("bind") && !options.contains("rbind")) {
            options.addFirst("rbind");
        }
        return new MountSpec(mount.containerPath(), type, mount.hostPath(), options, List.of(), List.of());
    }

    /** The configuration with all of it but the device nodes. */
    public RuntimeSpec apply(RuntimeSpec spec) {
        ProcessSpec process = spec.process();
        if (process == null || equals(NONE)) {
            return spec;
        }
        Set<Integer> groups = new LinkedHashSet<>(process.user().additionalGids());
        // Group 0 in a specification is a field that was left out (CDI SPEC.md).
        additionalGids.stream().filter(gid -> gid > 0).forEach(groups::add);
        ProcessSpec changed = process.withEnv(Environment.replaceOrAppend(process.env(), env))
                .withUser(new ProcessSpec.User(
                        process.user().uid(),
                        process.user().gid(),
                        process.user().umask(),
                        List.copyOf(groups)));
        Set<String> targets = new LinkedHashSet<>();
        mounts.forEach(mount -> targets.add(mount.destination()));
        List<MountSpec> all = new ArrayList<>(spec.mounts());
        all.removeIf(mount -> targets.contains(mount.destination()));
        all.addAll(mounts);
        return new RuntimeSpec(
                spec.ociVersion(),
                changed,
                spec.root(),
                spec.hostname(),
                spec.domainname(),
                all,
                hooks.isEmpty() ? spec.hooks() : ociHooks(),
                spec.annotations(),
                spec.linux());
    }

    private RuntimeSpec.Hooks ociHooks() {
        return new RuntimeSpec.Hooks(
                named("prestart"),
                named("createRuntime"),
                named("createContainer"),
                named("startContainer"),
                named("poststart"),
                named("poststop"));
    }

    private List<RuntimeSpec.Hook> named(String name) {
        return hooks.stream()
                .filter(hook -> hook.name().equals(name))
                .map(hook -> new RuntimeSpec.Hook(hook.path(), hook.args(), hook.env(), hook.timeout()))
                .toList();
    }
}
