using System.Globalization;
using Orchestrator.Model;

namespace Orchestrator.ThreeFiles;

/// <summary>
/// The flavors: <c>{"types": [{"tid": 1, "cpu": 1, "ram": 512, "disk": 1}, …]}</c>, ram in MB, disk in GB.
/// Without <c>tid</c> the position counts; with <c>name</c> the type is called so instead of <c>type-TID</c>.
/// </summary>
internal static class FlavorFile
{
    /// <summary>The seed's own three.</summary>
    public static IReadOnlyList<InstanceType> Defaults { get; } = [Type(1, "type-1", 1, 512, 1), Type(2, "type-2", 2, 1024, 2), Type(3, "type-3", 4, 2048, 3)];

    public static IReadOnlyList<InstanceType> Parse(string text, Problems problems)
    {
        var types = new List<InstanceType>();
        var (ids, names) = (new Dictionary<int, int>(), new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase));
        try
        {
            var items = Fields.List(LiteralParser.Parse(text), "types");
            for (var i = 0; i < items.Count; i++)
            {
                if (Type(items[i], position: i + 1, ids, names, problems) is { } type)
                {
                    types.Add(type);
                }
            }

            if (items.Count == 0)
            {
                problems.Add(0, "names no type");
            }
        }
        catch (LiteralException wrong)
        {
            problems.Add(wrong.Line, wrong.Message);
        }

        return types;
    }

    private static InstanceType? Type(Literal item, int position, Dictionary<int, int> ids, Dictionary<string, int> names, Problems problems)
    {
        if (item is not MapLiteral map)
        {
            problems.Add(item.Line, $"a type is a map with tid, cpu, ram and disk, not {item.Shown}");
            return null;
        }

        var fields = new Fields(map, problems, "tid", "name", "cpu", "ram", "disk");
        var tid = fields.Whole("tid", 1) ?? position;
        var (cpu, ram, disk) = (fields.Needed("cpu", 1), fields.Needed("ram", 1), fields.Needed("disk", 0));
        var name = fields.Text("name") ?? $"type-{tid.ToString(CultureInfo.InvariantCulture)}";
        var type = Type(tid, name, cpu, ram, disk);
        foreach (var error in Admission.Create(ResourceTypes.InstanceTypes, type, Guid.Empty, DateTimeOffset.UnixEpoch).Errors)
        {
            fields.Wrong(map.Line, $"{Seed(error.Field)}: {error.Message}");
        }

        if (!ids.TryAdd(tid, map.Line))
        {
            fields.Wrong(map.Line, $"the tid {tid} is that of line {ids[tid]} already");
        }
        else if (!names.TryAdd(name, map.Line))
        {
            fields.Wrong(map.Line, $"the name {InputFile.Show(name)} is that of line {names[name]} already");
        }

        return fields.Good ? type : null;
    }

    private static string Seed(string field) => field switch
    {
        "spec.memory" => "ram",
        _ => field[(field.LastIndexOf('.') + 1)..],
    };

    private static InstanceType Type(int tid, string name, int cpu, int megabytes, int gigabytes) => new()
    {
        Metadata = new() { Name = name, Annotations = Fields.IdAnnotation(tid) },
        Spec = new() { Cpu = cpu, Memory = Quantity.Parse($"{megabytes}Mi"), Disk = Quantity.Parse($"{gigabytes}Gi") },
    };
}
