using System.Xml;
using System.Xml.Linq;

namespace Orchestrator.Drivers.Libvirt;

/// <summary>XML that a PM sends. Libvirt never sends document types, so they are refused: entities could blow up or reach out.</summary>
internal static class HostXml
{
    private static readonly XmlReaderSettings _strict = new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null };

    /// <exception cref="FormatException">It is not XML, has a document type, or another root.</exception>
    public static XElement Parse(string xml, string root)
    {
        try
        {
            using var reader = XmlReader.Create(new StringReader(xml), _strict);
            var parsed = XDocument.Load(reader).Root!;
            return parsed.Name == root ? parsed : throw new FormatException($"expected <{root}>, got <{parsed.Name}>");
        }
        catch (XmlException malformed)
        {
            throw new FormatException($"not a <{root}>: {malformed.Message}", malformed);
        }
    }
}
