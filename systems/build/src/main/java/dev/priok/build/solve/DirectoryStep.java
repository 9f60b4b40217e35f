package dev.priok.build.solve;

import dev.priok.build.ProcessSpec;
import dev.priok.build.plan.Chain;
import dev.priok.build.plan.Operation;
import dev.priok.build.tree.Node;
import dev.priok.build.tree.PathResolver;
import dev.priok.build.tree.TargetDirectory;
import dev.priok.core.Digest;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Makes one directory. */
final class DirectoryStep {
    private static final int PERMISSIONS = 0755;

    private final BuildRun build;
    private final Operation.MakeDirectory directory;

    DirectoryStep(BuildRun build, Operation.MakeDirectory directory) {
        this.build = build;
        this.directory = directory;
    }

    /** What it does. */
    Digest inputs() {
        return new KeyHash("directory")
                .add(directory.path())
                .add(directory.user())
                .digest();
    }

    /** Makes it; nothing when it was there. */
    Optional<Digest> execute(Chain parent, StepScope scope) throws IOException {
        try (Draft draft = build.store().draft(parent)) {
            return make(draft, scope) ? Optional.of(draft.commit(scope.time())) : Optional.empty();
        }
    }

    /** Only the last directory on the way belongs to the user. */
    private boolean make(Draft draft, StepScope scope) throws IOException {
        try (Draft.OpenTarget tree = draft.open()) {
            if (tree.find(directory.path()).filter(Node::isDirectory).isPresent()) {
                return false;
            }
            List<String> elements = PathResolver.elements(directory.path());
            Node template = Node.directory(PERMISSIONS, scope.nowSeconds());
            ProcessSpec.User user = Accounts.read(tree).login(directory.user()).user();
            try (TargetDirectory parent =
                            tree.directory(String.join("/", elements.subList(0, elements.size() - 1)), template);
                    TargetDirectory _ =
                            parent.directory(elements.getLast(), template.withOwner(user.uid(), user.gid()), false)) {
                return true;
            }
        }
    }
}
