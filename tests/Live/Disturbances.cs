using System.Globalization;
using System.Xml.Linq;
using Orchestrator.Testing;

namespace Orchestrator.Live;

/// <summary>A VM before it was disturbed.</summary>
internal sealed record Scene(TestbedHost Host, string Domain, int? Process, string Definition);

internal static class Disturbances
{
    /// <summary>Runs a script on the host in which NAME, PID and XML (a file with the stored definition) mean the VM's.</summary>
    public static async Task DisturbAsync(this TestbedHost host, string script, Scene scene)
    {
        var file = $"/run/{scene.Domain}.xml";
        var text = script
            .Replace("NAME", scene.Domain, StringComparison.Ordinal)
            .Replace("PID", scene.Process?.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("XML", file, StringComparison.Ordinal);
        (await host.ExecAsync(["sh", "-c", $"virsh dumpxml --inactive {scene.Domain} >{file} && {text}"])).OutputOrThrow();
    }

    /// <summary>Runs a script on the host with a definition at <c>/run/NAME.xml</c>.</summary>
    public static async Task DisturbWithAsync(this TestbedHost host, string script, XElement definition)
    {
        const string Write = "cat >\"/run/$1.xml\" <<EOF\n$2\nEOF\n";
        (await host.ExecAsync(["sh", "-c", Write + script, "sh", definition.Element("name")!.Value, definition.ToString()])).OutputOrThrow();
    }
}
