using System.Text;
using Orchestrator.Model;

namespace Orchestrator.ThreeFiles;

/// <summary>The three files as specs: file name and text. Empty when anything was wrong.</summary>
/// <param name="Problems">All that is wrong with all three files.</param>
/// <param name="Counts">How many PMs, images and flavors there are.</param>
public sealed record SeedSpecs(IReadOnlyDictionary<string, string> Texts, IReadOnlyList<FileProblem> Problems, (int Machines, int Images, int Types) Counts)
{
    public bool Good => Problems.Count == 0;
}

/// <param name="Written">The specs files that were made or changed.</param>
public sealed record ImportResult(IReadOnlyList<FileProblem> Problems, IReadOnlyList<string> Written, (int Machines, int Images, int Types) Counts)
{
    public bool Good => Problems.Count == 0;
}

/// <summary>
/// Turns pm_file, image_file and flavor_file into specs. Without a pm_file this machine is the only PM, without an image_file
/// there are no images, without a flavor_file there are the seed's three.
/// </summary>
public static class SeedFiles
{
    public const string MachinesFile = "pms.yaml";
    public const string ImagesFile = "images.yaml";
    public const string TypesFile = "flavors.yaml";

    /// <summary>Checks the three files and writes them into the specs folder: all of them, or nothing when anything is wrong.</summary>
    public static ImportResult Import(string? machinesFile, string? imagesFile, string? typesFile, string folder)
    {
        var specs = Check(machinesFile, imagesFile, typesFile);
        if (!specs.Good)
        {
            return new(specs.Problems, [], specs.Counts);
        }

        var foreign = specs.Texts.Keys
            .Select(name => Path.Combine(folder, name))
            .Where(IsForeign)
            .Select(path => new FileProblem(path, 1, "was not made by import; move it away, it would be overwritten"))
            .ToList();
        return foreign.Count > 0 ? new(foreign, [], specs.Counts) : WriteInto(folder, specs);
    }

    /// <summary>Reads the three files and says what is wrong with them, or what they become.</summary>
    public static SeedSpecs Check(string? machinesFile, string? imagesFile, string? typesFile)
    {
        var problems = new List<FileProblem>();
        var machines = Read(machinesFile, PmFile.Parse, [PmFile.Local], problems);
        var images = Read(imagesFile, ImageFile.Parse, [], problems);
        var types = Read(typesFile, FlavorFile.Parse, FlavorFile.Defaults, problems);
        var counts = (machines.Count, images.Count, types.Count);
        return problems.Count > 0 ? new(new Dictionary<string, string>(StringComparer.Ordinal), problems, counts) : new(
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                [TypesFile] = SpecText.Of(typesFile ?? "the built-in flavors", types),
                [ImagesFile] = SpecText.Of(imagesFile ?? "no file", images),
                [MachinesFile] = SpecText.Of(machinesFile ?? "no file: this machine", machines),
            },
            [],
            counts);
    }

    /// <summary>Writes each file whole or not at all, and only when it says something new.</summary>
    private static ImportResult WriteInto(string folder, SeedSpecs specs)
    {
        var written = new List<string>();
        try
        {
            Directory.CreateDirectory(folder);
            foreach (var (name, text) in specs.Texts)
            {
                var path = Path.Combine(folder, name);
                if (!File.Exists(path) || File.ReadAllText(path) != text)
                {
                    WriteWhole(path, text);
                    written.Add(path);
                }
            }

            return new([], written, specs.Counts);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return new([new(folder, 0, $"cannot be written: {problem.Message}")], written, specs.Counts);
        }
    }

    private static void WriteWhole(string path, string text)
    {
        var draft = Path.Combine(Path.GetDirectoryName(path)!, $".{Path.GetFileName(path)}.tmp");
        using (var file = new FileStream(draft, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            file.Write(Encoding.UTF8.GetBytes(text));
            file.Flush(flushToDisk: true);
        }

        File.Move(draft, path, overwrite: true);
    }

    private static bool IsForeign(string path)
    {
        try
        {
            return Directory.Exists(path) || (File.Exists(path) && !File.ReadAllText(path).StartsWith(SpecText.Mark, StringComparison.Ordinal));
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }

    private static IReadOnlyList<T> Read<T>(
        string? path, Func<string, Problems, IReadOnlyList<T>> parse, IReadOnlyList<T> otherwise, List<FileProblem> all)
        where T : Resource
    {
        if (path is null)
        {
            return otherwise;
        }

        var problems = new Problems(path);
        var found = InputFile.Read(path, problems) is { } text ? parse(text, problems) : [];
        all.AddRange(problems.Found);
        return found;
    }
}
