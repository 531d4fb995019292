using Akka.Cluster;
using Akka.Configuration;
using AkkaKv.Core.Kernel;

namespace AkkaKv.Host.AkkaNet.Hosting;

/// <summary>By which roles members of the Akka cluster are known as AkkaKv's.</summary>
internal static class NodeRoles
{
    /// <summary>Of each that hosts a node.</summary>
    public const string Any = "akkakv";

    private const string NamePrefix = "akkakv.";

    /// <summary>HOCON that adds a node's roles to those that the program has.</summary>
    public static Config Hocon(NodeId self, Config program)
    {
        string[] own = [Any, NamePrefix + self.Name];
        IEnumerable<string> roles = (program.IsNullOrEmpty() ? [] : program.GetStringList("akka.cluster.roles", [])).Union(own, StringComparer.Ordinal);
        return ConfigurationFactory.ParseString($"akka.cluster.roles = [{string.Join(", ", roles.Select(role => $"\"{role}\""))}]");
    }

    /// <summary>The name of the node on a member; null where there is none.</summary>
    public static string? NameOf(Member member)
    {
        string? role = member.Roles.FirstOrDefault(role => role.StartsWith(NamePrefix, StringComparison.Ordinal));
        return role?[NamePrefix.Length..];
    }
}
