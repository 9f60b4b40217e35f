package dev.priok.runtime.internal;

import dev.priok.init.MountStep;
import dev.priok.init.Slot;
import dev.priok.init.Steps;
import dev.priok.linux.MountAttribute;

/** New file systems, by fsopen(2) and its kin. */
final class FileSystems {
    private FileSystems() {}

    /** A detached mount of a new file system. */
    static Slot detached(Steps steps, String name, String type, String source, MountOptions options) {
        return detached(steps, name, type, source, options, 0);
    }

    /** A detached mount of a new file system without some of its attributes, to be set later. */
    static Slot detached(
            Steps steps, String name, String type, String source, MountOptions options, int attributesLater) {
        Slot context = Slot.result("fs:" + name);
        Slot mount = Slot.result("mount:" + name);
        steps.add(new MountStep.Fsopen(context, type));
        configured(steps, context, mount, source, options, attributesLater);
        return mount;
    }

    /** What follows the opening of a context. */
    static void configured(
            Steps steps, Slot context, Slot mount, String source, MountOptions options, int attributesLater) {
        if (!source.isEmpty() && !source.equals("none")) {
            steps.add(new MountStep.FsconfigString(context, "source", source));
        }
        options.data().forEach(option -> parameter(steps, context, option));
        steps.add(new MountStep.FsconfigCreate(context));
        int attributes = (options.set() | options.recursiveSet()) & ~attributesLater;
        steps.add(new MountStep.Fsmount(mount, context, attributes));
    }

    /** Tells a context {@code key=value}, or a flag. */
    static void parameter(Steps steps, Slot context, String option) {
        int equals = option.indexOf('=');
        if (equals < 0) {
            steps.add(new MountStep.FsconfigFlag(context, option));
        } else {
            steps.add(new MountStep.FsconfigString(context, option.substring(0, equals), option.substring(equals + 1)));
        }
    }

    /** MOUNT_ATTR_ flags as mount(2) has them. */
    static long oldFlags(int attributes) {
        long flags = attributes
                & (MountAttribute.RDONLY | MountAttribute.NOSUID | MountAttribute.NODEV | MountAttribute.NOEXEC);
        flags |= (attributes & MountAttribute.NOATIME) != 0 ? MountAttribute.MS_NOATIME : 0;
        flags |= (attributes & MountAttribute.STRICTATIME) != 0 ? MountAttribute.MS_STRICTATIME : 0;
        flags |= (attributes & MountAttribute.NODIRATIME) != 0 ? MountAttribute.MS_NODIRATIME : 0;
        return flags;
    }
}
