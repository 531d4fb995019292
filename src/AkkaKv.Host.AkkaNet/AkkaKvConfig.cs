using Akka.Configuration;

namespace AkkaKv.Host.AkkaNet;

/// <summary>The HOCON that comes with AkkaKv.</summary>
public static class AkkaKvConfig
{
    /// <summary>What any actor system with AkkaKv needs, <c>hocon/base.conf</c>: to be a fallback of the program's own.</summary>
    public static Config Base { get; } = Load();

    private static Config Load()
    {
        using Stream stream = typeof(AkkaKvConfig).Assembly.GetManifestResourceStream("AkkaKv.base.conf")!;
        using var reader = new StreamReader(stream);
        return ConfigurationFactory.ParseString(reader.ReadToEnd());
    }
}
