package dev.priok.cgroup.internal;

import dev.priok.cgroup.DeviceRule;
import dev.priok.linux.Fd;
import java.util.ArrayList;
import java.util.List;

/** Records device policies. */
final class FakeDevices implements UnifiedHierarchy.DevicePolicy {
    final List<List<DeviceRule>> applied = new ArrayList<>();

    @Override
    public boolean possible() {
        return true;
    }

    @Override
    public void apply(Fd group, List<DeviceRule> rules) {
        applied.add(rules);
    }
}
