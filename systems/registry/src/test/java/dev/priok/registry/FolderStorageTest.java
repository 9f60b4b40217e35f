package dev.priok.registry;

import dev.priok.content.ContentStore;
import dev.priok.core.Leases;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class FolderStorageTest extends RegistryStorageContract {
    @TempDir
    Path folder;

    @Override
    protected RegistryStorage open(Leases all) throws IOException {
        return RegistryStorage.open(ContentStore.open(folder.resolve("content"), all), folder.resolve("uploads"), all);
    }
}
