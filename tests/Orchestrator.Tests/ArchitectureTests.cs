using System.Buffers;
using System.Runtime.CompilerServices;
using System.Xml.Linq;

namespace Orchestrator.Tests;

/// <summary>Holds the sources to the folders, the reference table and the sizes of DESIGN section 4.</summary>
public sealed class ArchitectureTests
{
    private const int LongestFile = 400;
    private static readonly SearchValues<char> _notInPaths = SearchValues.Create(" *<>{}…\n");
    private static readonly string _root = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Here())!, "..", ".."));

    /// <summary>Who may see whom. Whatever is not here is a missing project reference.</summary>
    private static readonly Dictionary<string, string[]> _references = new(StringComparer.Ordinal)
    {
        ["Model"] = [],
        ["Libvirt"] = [],
        ["Storage"] = [],
        ["Planning"] = ["Model"],
        ["Drivers"] = ["Libvirt", "Model", "Planning"],
        ["Reconciler"] = ["Drivers", "Model", "Planning", "Storage"],
        ["RestGateway"] = ["Model", "Planning", "Storage"],
        ["Orchestrator"] = ["Drivers", "Libvirt", "Model", "Planning", "Reconciler", "RestGateway", "Storage"],
        ["Cli"] = ["Model", "Planning"],
    };

    [Fact]
    public void Projects_refer_to_each_other_exactly_as_the_table_says()
    {
        var actual = Directory.GetDirectories(Path.Combine(_root, "src")).Select(folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal);

        Assert.Equal(_references.Keys.Order(StringComparer.Ordinal), actual, StringComparer.Ordinal);
        Assert.All(_references, row => Assert.Equal(
            row.Value,
            Items(Project(row.Key), "ProjectReference").Select(path => Path.GetFileNameWithoutExtension(path)!).Order(StringComparer.Ordinal),
            StringComparer.Ordinal));
    }

    [Fact]
    public void What_is_pure_has_no_packages_and_no_web()
    {
        Assert.All(["Model", "Planning"], name => Assert.Empty(Items(Project(name), "PackageReference").Concat(Items(Project(name), "FrameworkReference"))));
        Assert.Empty(Items(Project("Libvirt"), "PackageReference").Concat(Items(Project("Libvirt"), "FrameworkReference")));
    }

    /// <summary>What the source cannot say at all, the compiled assembly does not refer to. The rest is in src/Planning/BannedSymbols.txt.</summary>
    [Fact]
    public void Planning_has_no_way_to_the_outside()
    {
        string[] outside = ["System.Net", "System.Diagnostics.Process", "System.IO.", "System.Console", "System.Threading.Timer", "Microsoft.Extensions", "Microsoft.Win32"];
        var references = typeof(Planning.VirtualMachinePlanner).Assembly.GetReferencedAssemblies().Select(name => name.Name!);

        Assert.DoesNotContain(references, name => outside.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal)));
        Assert.Contains("BannedSymbols.txt", Items(Project("Planning"), "AdditionalFiles"), StringComparer.Ordinal);
    }

    [Fact]
    public void The_tree_has_the_folders_and_files_that_the_design_names()
    {
        string[] folders = ["benchmarks", "docs", "src", "specs", "tests"];
        string[] files = [".editorconfig", "BannedSymbols.txt", "Directory.Build.props", "Directory.Packages.props", "LICENSE", "Orchestrator.sln", "README.md", "global.json", "install.sh", "test.sh"];

        Assert.All(folders, folder => Assert.True(Directory.Exists(Path.Combine(_root, folder)), folder));
        Assert.All(files, file => Assert.True(File.Exists(Path.Combine(_root, file)), file));
        Assert.All(_references.Keys, name => Assert.True(Directory.Exists(Path.Combine(_root, "tests", $"{name}.Tests")), $"tests/{name}.Tests"));
    }

    [Fact]
    public void No_source_file_is_longer_than_a_reader_likes()
    {
        var files = Directory.GetFiles(Path.Combine(_root, "src"), "*.cs", SearchOption.AllDirectories);

        Assert.NotEmpty(files);
        Assert.DoesNotContain(files, file => File.ReadLines(file).Skip(LongestFile).Any());
    }

    [Fact]
    public void Every_file_that_the_documents_name_is_there()
    {
        var documents = Directory.GetFiles(Path.Combine(_root, "docs"), "*.md", SearchOption.AllDirectories);
        var missing = documents.SelectMany(document => File.ReadAllText(document).Split('`').Where((_, at) => at % 2 == 1).Where(IsPath)
            .Where(path => !Path.Exists(Path.Combine(_root, path)))
            .Select(path => $"{Path.GetFileName(document)}: {path}"));

        Assert.Empty(missing);
    }

    private static bool IsPath(string code) =>
        (code.StartsWith("src/", StringComparison.Ordinal) || code.StartsWith("tests/", StringComparison.Ordinal) || code.StartsWith("docs/", StringComparison.Ordinal))
        && !code.AsSpan().ContainsAny(_notInPaths);

    private static XDocument Project(string name) => XDocument.Parse(File.ReadAllText(Path.Combine(_root, "src", name, $"{name}.csproj")));

    private static IEnumerable<string> Items(XDocument project, string item) => project.Descendants(item).Select(element => element.Attribute("Include")?.Value).OfType<string>();

    private static string Here([CallerFilePath] string path = "") => path;
}
