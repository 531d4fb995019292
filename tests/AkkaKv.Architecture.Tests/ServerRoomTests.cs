using System.Reflection;

namespace AkkaKv.Architecture.Tests;

/// <summary>In the server, the facades see one door and nothing behind it, so that every host can stand behind it.</summary>
public sealed class ServerRoomTests
{
    private static readonly string[] Facades = ["AkkaKv.Server.Http", "AkkaKv.Server.Resp", "AkkaKv.Server.Dashboard", "AkkaKv.Server.Metrics"];

    [Fact]
    public void Facades_know_only_the_Api()
    {
        Assembly server = Assembly.Load("AkkaKv.Server");
        var broken = new SortedSet<string>(StringComparer.Ordinal);
        int seen = 0;
        foreach ((Type from, Type to) in IlReferences.Types(server))
        {
            string? facade = Facades.FirstOrDefault(space => IsIn(from, space));
            if (facade is null)
                continue;
            seen++;
            bool ours = IsIn(to, "AkkaKv");
            bool isLeaf = IsIn(to, "AkkaKv.Host.Spelling");
            if (ours && !isLeaf && !IsIn(to, "AkkaKv.Api") && !IsIn(to, facade))
                broken.Add($"{from.FullName} uses {to.FullName}");
        }

        broken.ShouldBeEmpty();
        seen.ShouldBeGreaterThan(0, "the HTTP facade lies in AkkaKv.Server.Http");
    }

    private static bool IsIn(Type type, string space) =>
        type.Namespace == space || (type.Namespace?.StartsWith(space + ".", StringComparison.Ordinal) ?? false);
}
