package dev.priok.engine.internal;

import dev.priok.engine.ExecSpec;
import dev.priok.engine.Execs;
import dev.priok.engine.Session;
import dev.priok.engine.lifecycle.Lifecycles;

/** The engine's exec sessions behind their interface. */
final class ExecsOfEngine implements Execs {
    private final Lifecycles machinery;

    ExecsOfEngine(Lifecycles machinery) {
        this.machinery = machinery;
    }

    @Override
    public String create(String containerRef, ExecSpec spec) {
        return machinery.execs().create(containerRef, spec);
    }

    @Override
    public Session start(String id, int consoleHeight, int consoleWidth) {
        return machinery.attaching().exec(id, consoleHeight, consoleWidth);
    }

    @Override
    public void startDetached(String id) {
        machinery.execs().startDetached(id);
    }

    @Override
    public void resize(String id, int height, int width) {
        machinery.execs().resize(id, height, width);
    }

    @Override
    public ExecView inspect(String id) {
        return machinery.execs().view(id);
    }
}
