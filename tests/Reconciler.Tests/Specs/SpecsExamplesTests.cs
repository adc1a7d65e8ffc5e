using System.Runtime.CompilerServices;
using Orchestrator.Model;
using Orchestrator.Reconciler.Specs;

namespace Orchestrator.Reconciler.Tests.Specs;

/// <summary>The examples that are shipped can be used as they are.</summary>
public sealed class SpecsExamplesTests
{
    [Fact]
    public void Every_kind_has_an_example_and_every_example_is_right()
    {
        var files = Directory.GetFiles(Path.Combine(Folder(), "examples"), "*.yaml.example").Order(StringComparer.Ordinal).Select(Read).ToList();
        Assert.Empty(files.SelectMany(file => file.Errors));
        Assert.Equal(
            ResourceTypes.All.Where(type => type.Group == ResourceTypes.Group).Select(type => type.Kind).ToHashSet(StringComparer.Ordinal),
            files.SelectMany(file => file.Documents).Select(document => document.Type.Kind).ToHashSet(StringComparer.Ordinal));
    }

    [Fact]
    public void The_folder_as_it_is_shipped_makes_nothing() =>
        Assert.DoesNotContain(Directory.GetFiles(Folder(), "*", SearchOption.AllDirectories), path => path.EndsWith(".yaml", StringComparison.Ordinal) || path.EndsWith(".yml", StringComparison.Ordinal));

    private static SpecFile Read(string path) => SpecReader.Read(Path.GetFileName(path), path, File.ReadAllBytes(path));

    private static string Folder([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..", "specs"));
}
