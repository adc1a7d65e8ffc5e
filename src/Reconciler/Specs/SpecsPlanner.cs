using System.Collections.Frozen;
using System.Collections.Immutable;
using Orchestrator.Model;

namespace Orchestrator.Reconciler.Specs;

/// <summary>
/// Decides, from the files of the folder and the objects they were applied to, what to write and what to delete. Pure.
/// A document is applied when its object is missing or another version of the document was applied last; what users change through
/// the API meanwhile stays until the document is edited. Deleting needs more than absence: see <see cref="Fate"/>.
/// </summary>
public static class SpecsPlanner
{
    /// <summary>Kinds whose objects hold data that nothing can bring back.</summary>
    public static IReadOnlySet<string> DataBearing { get; } = FrozenSet.Create(StringComparer.Ordinal, "Volume");

    /// <summary>Others refer to these by name, so they come first and go last.</summary>
    private static readonly string[] _first = [nameof(InstanceType), nameof(Image), nameof(PhysicalMachine)];

    /// <param name="known">All objects that carry <see cref="SpecAnnotations.Applied"/>.</param>
    /// <param name="lost"><see cref="SpecsPlan.Lost"/> of the plan before.</param>
    public static SpecsPlan Plan(SpecsLook look, IEnumerable<Resource> known, ImmutableHashSet<string> lost, IReadOnlySet<string> dataBearing)
    {
        var objects = known.Select(Known.From).OfType<Known>().ToDictionary(item => item.Key, StringComparer.Ordinal);
        var files = RefuseRivals([.. look.Files.OrderBy(file => file.Path, StringComparer.Ordinal)], objects);
        var wanted = files.SelectMany(file => file.Documents.Select(document => (File: file, Document: document))).ToList();

        var applies = wanted
            .Where(pair => pair.File.Valid)
            .OrderBy(pair => Rank(pair.Document.Type))
            .Select(pair => Apply(pair.File, pair.Document, objects.GetValueOrDefault(pair.Document.Key)))
            .OfType<SpecApply>()
            .ToList();

        var described = wanted.Select(pair => pair.Document.Key).ToHashSet(StringComparer.Ordinal);
        var orphans = objects.Values.Where(item => item.File is not null && !item.Deleting && !described.Contains(item.Key)).ToList();
        var nowLost = Lost(files, orphans, objects.Values, lost);
        var context = new Context(look, files.ToDictionary(file => file.Path, StringComparer.Ordinal), nowLost, dataBearing);
        var fates = orphans
            .OrderByDescending(item => Rank(item.Type))
            .ThenBy(item => item.Key, StringComparer.Ordinal)
            .Select(item => (Item: item, Why: Fate(item, context)))
            .ToList();

        return new(
            files,
            applies,
            look.Quiet ? [.. fates.Where(fate => fate.Why is null).Select(fate => new SpecDelete(fate.Item.Type, fate.Item.Object, fate.Item.File!))] : [],
            [.. fates.Where(fate => fate.Why is not null).Select(fate => new SpecHeld(fate.Item.Type, fate.Item.Object, fate.Item.File!, fate.Why!))],
            nowLost,
            (!look.Quiet && fates.Any(fate => fate.Why is null)) || wanted.Any(pair => pair.File.Valid && objects.GetValueOrDefault(pair.Document.Key) is { Deleting: true }));
    }

    /// <summary>Why an object whose document is gone stays; null when it goes.</summary>
    private static string? Fate(Known item, Context context)
    {
        if (item.Stays(context.DataBearing) is { } wish)
        {
            return wish;
        }

        if (context.Look.Problem is { } problem)
        {
            return $"the folder could not be read completely ({problem})";
        }

        if (context.Files.TryGetValue(item.File!, out var file))
        {
            return file switch
            {
                { Valid: false } => "its file is in error",
                { Blank: true } => "its file is empty, as after an accident; remove the file, or leave a comment in it",
                _ => Mentioned(item, context),
            };
        }

        return context.Lost.Contains(item.File!)
            ? "all files that had created objects vanished at once, as when a disk is not mounted; put them back, or delete the objects by hand"
            : Mentioned(item, context);
    }

    /// <summary>A document may have moved into a file that cannot be understood yet.</summary>
    private static string? Mentioned(Known item, Context context) =>
        context.Files.Values.FirstOrDefault(file => !file.Valid && file.MayMention(item.Object.Metadata.Name)) is { } file
            ? $"{file.Name} is in error and may describe it"
            : null;

    private static SpecApply? Apply(SpecFile file, SpecDocument document, Known? known)
    {
        var applied = $"{document.Object.Metadata.FullName} {document.Digest}";
        var mark = StringMap.Empty.With(SpecAnnotations.File, file.Path);
        return known switch
        {
            { Deleting: true } => null,
            { File: { } from } when known.Applied == applied => from == file.Path ? null : new(file, document, Annotated(known.Object, mark), mark),
            { File: null } when known.Applied == applied => null,
            { File: not null } => new(file, document, Annotated(document.Object, mark.With(SpecAnnotations.Applied, applied)), mark),
            _ => new(file, document, Annotated(document.Object, StringMap.Empty.With(SpecAnnotations.Applied, applied)), mark),
        };
    }

    private static Resource Annotated(Resource resource, StringMap more) => resource with
    {
        Metadata = resource.Metadata with { Annotations = more.Aggregate(resource.Metadata.Annotations, (all, pair) => all.With(pair.Key, pair.Value)) },
    };

    /// <summary>
    /// An object that two files describe stays with the file it belongs to already, else with the first by name; the other file is in error.
    /// </summary>
    private static List<SpecFile> RefuseRivals(IReadOnlyList<SpecFile> files, Dictionary<string, Known> objects)
    {
        var owners = new Dictionary<string, (SpecFile File, SpecDocument Document)>(StringComparer.Ordinal);
        var claims = files.SelectMany(file => file.Documents.Select(document => (File: file, Document: document))).ToList();
        foreach (var claim in claims)
        {
            var home = objects.GetValueOrDefault(claim.Document.Key)?.File;
            if (!owners.TryGetValue(claim.Document.Key, out var owner) || (claim.File.Path == home && owner.File.Path != home))
            {
                owners[claim.Document.Key] = claim;
            }
        }

        var errors = claims
            .Where(claim => owners[claim.Document.Key].File != claim.File)
            .ToLookup(claim => claim.File, claim => Rival(claim, owners[claim.Document.Key]));
        return [.. files.Select(file => errors.Contains(file) ? file.WithErrors(errors[file]) : file)];
    }

    private static SpecError Rival((SpecFile File, SpecDocument Document) claim, (SpecFile File, SpecDocument Document) owner) => new(
        claim.File.Name,
        claim.Document.At,
        "metadata.name",
        $"{claim.Document} is described twice: here and at {owner.File.Name}:{owner.Document.At.Line}:{owner.Document.At.Column}");

    /// <summary>Two or more files with objects, all gone, and nothing of them anywhere else: an accident until they are back.</summary>
    private static ImmutableHashSet<string> Lost(
        IReadOnlyList<SpecFile> files, IReadOnlyList<Known> orphans, IEnumerable<Known> objects, ImmutableHashSet<string> before)
    {
        var present = files.Select(file => file.Path).ToHashSet(StringComparer.Ordinal);
        var homes = objects.Where(item => item is { File: not null, Deleting: false, Kept: false }).ToLookup(item => item.File!, StringComparer.Ordinal);
        var vanished = orphans.Where(item => !item.Kept).Select(item => item.File!).Where(file => !present.Contains(file)).ToImmutableHashSet(StringComparer.Ordinal);
        var everything = vanished.Count >= 2 && homes.All(home => vanished.Contains(home.Key) && home.All(orphans.Contains));
        return everything ? vanished : vanished.Intersect(before);
    }

    private static int Rank(ResourceType type) => Array.IndexOf(_first, type.Kind) is >= 0 and var rank ? rank : _first.Length;

    private sealed record Context(SpecsLook Look, Dictionary<string, SpecFile> Files, ImmutableHashSet<string> Lost, IReadOnlySet<string> DataBearing);

    /// <summary>An object that a file was applied to.</summary>
    /// <param name="Applied">Its name and the digest of what was applied last.</param>
    /// <param name="File">The file that created it; null when it was there before.</param>
    private sealed record Known(ResourceType Type, Resource Object, string Key, string Applied, string? File)
    {
        public bool Deleting => Object.Metadata.Deleting;

        public bool Kept => Prune is not (null or SpecAnnotations.Allow);

        private string? Prune => Object.Metadata.Annotations.GetValueOrDefault(SpecAnnotations.Prune);

        /// <summary>Null for annotations that were copied onto another object together with the rest of it.</summary>
        public static Known? From(Resource resource)
        {
            var metadata = resource.Metadata;
            return ResourceTypes.Find(resource.ApiVersion, resource.Kind) is { } type
                && metadata.Annotations.TryGetValue(SpecAnnotations.Applied, out var applied)
                && applied.StartsWith(metadata.FullName + " ", StringComparison.Ordinal)
                ? new(type, resource, type.Key(metadata), applied, metadata.Annotations.GetValueOrDefault(SpecAnnotations.File))
                : null;
        }

        public string? Stays(IReadOnlySet<string> dataBearing) => (Prune, dataBearing.Contains(Type.Kind)) switch
        {
            (SpecAnnotations.Allow, _) or (null, false) => null,
            (null, true) => $"it holds data; annotate it with {SpecAnnotations.Prune}: {SpecAnnotations.Allow}, or delete it by hand",
            _ => $"its annotation {SpecAnnotations.Prune} says so",
        };
    }
}
