using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using Orchestrator.Model;

namespace Orchestrator.ThreeFiles;

/// <summary>Writes objects as YAML for the specs folder. The same objects give the same text.</summary>
internal static class SpecText
{
    /// <summary>How every text made here begins: what is not ours is not overwritten.</summary>
    public const string Mark = "# Made by orchestrator import";

    public static string Of(string source, IEnumerable<Resource> objects)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{Mark} from {OneLine(source)}.\n# The next import overwrites this file: edit that one, or take this line away.\n");
        foreach (var resource in objects)
        {
            var type = ResourceTypes.All.First(type => type.Kind == resource.Kind || type.Json.Type == resource.GetType());
            text.Append(CultureInfo.InvariantCulture, $"---\napiVersion: {type.ApiVersion}\nkind: {type.Kind}\nmetadata:\n  name: {Quoted(resource.Metadata.Name)}\n");
            if (resource.Metadata.Annotations.Count > 0)
            {
                text.Append("  annotations:\n");
                foreach (var (key, value) in resource.Metadata.Annotations)
                {
                    text.Append(CultureInfo.InvariantCulture, $"    {key}: {Quoted(value)}\n");
                }
            }

            text.Append("spec:\n");
            foreach (var (field, value) in Spec(resource))
            {
                text.Append(CultureInfo.InvariantCulture, $"  {field}: {value}\n");
            }
        }

        return text.ToString();
    }

    private static IEnumerable<(string Field, string Value)> Spec(Resource resource) => resource switch
    {
        PhysicalMachine machine => [("uri", Quoted(machine.Spec.Uri))],
        Image image => [("source", Quoted(image.Spec.Source))],
        InstanceType type => [("cpu", type.Spec.Cpu.ToString(CultureInfo.InvariantCulture)), ("memory", type.Spec.Memory.ToString()), ("disk", type.Spec.Disk.ToString())],
        _ => throw new ArgumentException($"the three files make no {resource.GetType().Name}", nameof(resource)),
    };

    /// <summary>A JSON string is a YAML string that means the same.</summary>
    private static string Quoted(string text) => $"\"{JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(text)}\"";

    private static string OneLine(string text) => new([.. text.Select(c => char.IsControl(c) ? '?' : c)]);
}
