package dev.priok.runtime.internal;

import dev.priok.init.MountStep;
import dev.priok.init.Slot;
import dev.priok.init.Steps;
import dev.priok.linux.Fd;
import dev.priok.linux.MountCalls;
import dev.priok.linux.SyscallException;
import dev.priok.runtime.Rootfs;
import dev.priok.runtime.StartException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An overlay that is mounted before there is a process, as a detached mount that the first process attaches. The monitor holds it
 * too: an overlay is torn down by whoever lets go of it last, which writes back the whole file system below and waits for all
 * processors, and so must not be the process whose end is waited for.
 *
 * @param source how it is shown in the mount table
 * @param parameters one after the other, each {@code key=value} or a flag
 * @param attributes MOUNT_ATTR_ flags
 */
record OverlayMount(String source, List<String> parameters, int attributes) {
    /** fsconfig(2) takes texts of at most this many bytes (the kernel's own bound of strndup_user there, 256 with the NUL). */
    private static final int LONGEST_PARAMETER = 255;

    private static final String PURPOSE = "mounting the overlay root file system";
    private static final String LOWERS = "lowerdir=";

    OverlayMount {
        parameters = List.copyOf(parameters);
    }

    /** How a root file system is mounted like that; empty when it is none of those, or this kernel wants its layers in one text. */
    static Optional<OverlayMount> of(Rootfs rootfs, HostFacts host) {
        if (!(rootfs instanceof Rootfs.Mounted(String type, String source, List<String> options, boolean mapped))
                || mapped
                || !type.equals("overlay")
                || !host.overlayLayerByLayer()) {
            return Optional.empty();
        }
        MountOptions parsed = MountOptions.parse(options);
        List<String> parameters = new ArrayList<>();
        for (String option : parsed.data()) {
            if (option.startsWith(LOWERS)) {
                for (String lower : option.substring(LOWERS.length()).split(":")) {
                    parameters.add("lowerdir+=" + lower);
                }
            } else {
                parameters.add(option);
            }
        }
        return parameters.stream().allMatch(OverlayMount::fits)
                ? Optional.of(new OverlayMount(source, parameters, parsed.set()))
                : Optional.empty();
    }

    private static boolean fits(String parameter) {
        String value = parameter.substring(parameter.indexOf('=') + 1);
        return value.getBytes(StandardCharsets.UTF_8).length <= LONGEST_PARAMETER;
    }

    /** Mounts it. */
    Fd mount() throws StartException {
        MountCalls calls = MountCalls.host();
        try (Fd context = calls.fsopen("overlay")) {
            calls.setString(context, "source", source);
            for (String parameter : parameters) {
                int equals = parameter.indexOf('=');
                if (equals < 0) {
                    calls.setFlag(context, parameter);
                } else {
                    calls.setString(context, parameter.substring(0, equals), parameter.substring(equals + 1));
                }
            }
            calls.create(context);
            return calls.fsmount(context, attributes);
        } catch (SyscallException e) {
            throw new StartException(StartException.Reason.STEP_FAILED, PURPOSE + ": " + e.getMessage(), e);
        }
    }

    /** The same as steps, for printing. */
    Steps steps() {
        Steps steps = new Steps(PURPOSE);
        Slot context = Slot.result("overlay");
        steps.add(new MountStep.Fsopen(context, "overlay"));
        FileSystems.parameter(steps, context, "source=" + source);
        parameters.forEach(parameter -> FileSystems.parameter(steps, context, parameter));
        steps.add(new MountStep.FsconfigCreate(context));
        steps.add(new MountStep.Fsmount(Slot.result("rootfs"), context, attributes));
        return steps;
    }
}
