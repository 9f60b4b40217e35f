package dev.priok.architecture;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import dev.priok.core.Boundary;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** The modules that package annotations declare, and what breaks their rules. */
final class Boundaries {
    /** A declared module: where its packages begin, and what was said of it. */
    record Module(String root, String name, Set<String> mayUse, Set<String> exposes) {
        boolean holds(String packageName) {
            return packageName.equals(root) || packageName.startsWith(root + ".");
        }

        boolean exposes(String packageName) {
            return exposes.isEmpty() ? packageName.equals(root) : exposes.contains(packageName);
        }
    }

    private final Map<String, Module> byRoot = new TreeMap<>();

    Boundaries(JavaClasses classes) {
        for (JavaClass type : classes) {
            if (type.getSimpleName().equals("package-info") && type.isAnnotatedWith(Boundary.class)) {
                Boundary boundary = type.getAnnotationOfType(Boundary.class);
                byRoot.put(
                        type.getPackageName(),
                        new Module(
                                type.getPackageName(),
                                boundary.name(),
                                Set.of(boundary.mayUse()),
                                Set.of(boundary.exposes())));
            }
        }
    }

    Set<String> names() {
        return Set.copyOf(byRoot.values().stream().map(Module::name).toList());
    }

    Optional<Module> moduleOf(String packageName) {
        return byRoot.values().stream().filter(m -> m.holds(packageName)).findFirst();
    }

    /** One line for each dependency that no boundary allows. */
    List<String> violations(JavaClasses classes) {
        List<String> found = new ArrayList<>();
        for (JavaClass type : classes) {
            Optional<Module> from = moduleOf(type.getPackageName());
            if (from.isEmpty()) {
                found.add(type.getName() + " lies in no module: annotate its root package with @Boundary");
                continue;
            }
            for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                violation(from.get(), dependency).ifPresent(found::add);
            }
        }
        return found.stream().distinct().sorted().toList();
    }

    private Optional<String> violation(Module from, Dependency dependency) {
        String targetPackage =
                dependency.getTargetClass().getBaseComponentType().getPackageName();
        Optional<Module> to = moduleOf(targetPackage);
        if (to.isEmpty() || to.get().equals(from) || isBoundaryAnnotation(dependency)) {
            return Optional.empty();
        }
        if (!from.mayUse().contains(to.get().name())) {
            return Optional.of(from.name() + " may not use " + to.get().name() + ": " + dependency.getDescription());
        }
        if (!to.get().exposes(targetPackage)) {
            return Optional.of(
                    to.get().name() + " does not expose " + targetPackage + ": " + dependency.getDescription());
        }
        return Optional.empty();
    }

    private static boolean isBoundaryAnnotation(Dependency dependency) {
        return dependency.getTargetClass().isEquivalentTo(Boundary.class);
    }

    /** A path of modules that leads back to where it began, if there is one. */
    Optional<List<String>> cycle() {
        Map<String, Set<String>> edges = new TreeMap<>();
        byRoot.values().forEach(m -> edges.put(m.name(), m.mayUse()));
        for (String start : edges.keySet()) {
            Optional<List<String>> path = walk(edges, start, List.of(start));
            if (path.isPresent()) {
                return path;
            }
        }
        return Optional.empty();
    }

    private static Optional<List<String>> walk(Map<String, Set<String>> edges, String start, List<String> path) {
        for (String next : edges.getOrDefault(path.getLast(), Set.of())) {
            if (next.equals(start)) {
                return Optional.of(path);
            }
            if (!path.contains(next)) {
                List<String> longer = new ArrayList<>(path);
                longer.add(next);
                Optional<List<String>> found = walk(edges, start, longer);
                if (found.isPresent()) {
                    return found;
                }
            }
        }
        return Optional.empty();
    }
}
