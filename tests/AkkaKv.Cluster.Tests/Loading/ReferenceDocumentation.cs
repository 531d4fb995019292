using System.Text.Json;
using System.Xml;
using AkkaKv.Cluster.Tests.Processes;

namespace AkkaKv.Cluster.Tests.Loading;

/// <summary>
/// Real data that every machine with the SDK has: the reference documentation of the framework's assemblies, one record
/// for each documented member; texts from a line to pages. One record more has a name that is too long for a key, so
/// that a load has something that it cannot load.
/// </summary>
internal static class ReferenceDocumentation
{
    public static string NameTooLong { get; } = new('n', 1025);

    /// <summary>Writes up to so many records with distinct names as JSON Lines.</summary>
    /// <returns>Each record's line, byte for byte, by its name.</returns>
    public static Dictionary<string, byte[]> WriteJsonLines(string path, int recordsMax)
    {
        var records = new Dictionary<string, byte[]>(recordsMax, StringComparer.Ordinal)
        {
            [NameTooLong] = LineOf(NameTooLong, "none", "refused by every node"),
        };
        foreach (string document in Documents().TakeWhile(_ => records.Count < recordsMax))
        {
            foreach (var (name, text) in MembersOf(document).TakeWhile(_ => records.Count < recordsMax))
                records.TryAdd(name, LineOf(name, Path.GetFileNameWithoutExtension(document), text));
        }

        using var file = File.Create(path);
        foreach (byte[] line in records.Values)
        {
            file.Write(line);
            file.WriteByte((byte)'\n');
        }

        return records;
    }

    private static IEnumerable<string> Documents()
    {
        string packs = Path.Combine(Programs.DotnetRoot, "packs");
        string[] found = Directory.Exists(packs) ? Directory.GetFiles(packs, "*.xml", SearchOption.AllDirectories) : [];
        return found.Where(path => path.Contains("/ref/net", StringComparison.Ordinal)).Order(StringComparer.Ordinal);
    }

    private static IEnumerable<(string Name, string Text)> MembersOf(string document)
    {
        using var reader = XmlReader.Create(document);
        bool more = reader.Read();
        while (more)
        {
            if (reader is { NodeType: XmlNodeType.Element, Name: "member" } && reader.GetAttribute("name") is { Length: > 0 } name)
                yield return (name, reader.ReadInnerXml());
            else
                more = reader.Read();
            more = more && !reader.EOF;
        }
    }

    private static byte[] LineOf(string name, string assembly, string text)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString("assembly", assembly);
            json.WriteString("name", name);
            json.WriteString("xml", text);
            json.WriteEndObject();
        }

        return bytes.ToArray();
    }
}
