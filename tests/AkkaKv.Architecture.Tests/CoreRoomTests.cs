using System.Reflection;
using AkkaKv.Core.Kernel;

namespace AkkaKv.Architecture.Tests;

/// <summary>Inside the core: which room may know which, and what none of them may touch.</summary>
public sealed class CoreRoomTests
{
    private static readonly Assembly Core = typeof(Actor).Assembly;

    // Kernel is the ground under all; a room that is not listed fails until someone decides.
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["Kernel"] = [],
        ["Versions"] = [],
        ["Agreement"] = [],
        ["Ring"] = [],
        ["Membership"] = [],
        ["Topology"] = ["Agreement", "Ring", "Membership"],
        ["Replica"] = ["Versions", "Ring"],
        ["Hints"] = ["Replica", "Versions", "Membership", "Ring"],
        ["Reaping"] = ["Replica", "Versions", "Membership", "Ring"],
        ["AntiEntropy"] = ["Replica", "Versions", "Membership", "Ring"],
        ["Transfer"] = ["Topology", "AntiEntropy", "Reaping", "Hints", "Replica", "Versions", "Membership", "Ring"],
        ["Ids"] = ["Agreement"],
        ["Coordination"] = ["Replica", "Ring", "Versions", "Hints"],
        ["Gateway"] = ["Coordination", "Ids", "Ring", "Membership", "Versions", "Hints", "AntiEntropy", "Reaping", "Topology"],
        ["Node"] = ["Versions", "Agreement", "Ring", "Membership", "Topology", "Transfer", "Replica", "Hints", "AntiEntropy", "Reaping", "Ids", "Coordination", "Gateway"],
    };

    private static readonly string[] BannedTypes =
    [
        "System.Diagnostics.Stopwatch", "System.TimeProvider", "System.Random", "System.HashCode", "System.Console",
        "System.Security.Cryptography.RandomNumberGenerator", "System.Threading.Lock",
    ];

    private static readonly string[] BannedNamespaces =
        ["System.Threading.Tasks", "System.IO", "System.Net", "System.Collections.Concurrent", "System.Diagnostics.Tracing"];

    private static readonly string[] BannedMembers =
    [
        "System.DateTime.get_Now", "System.DateTime.get_UtcNow", "System.DateTimeOffset.get_Now", "System.DateTimeOffset.get_UtcNow",
        "System.Environment.get_TickCount", "System.Environment.get_TickCount64", "System.Guid.NewGuid",
        "System.Threading.Monitor.Enter", "System.Threading.Monitor.Exit", "System.Threading.Thread.Start", "System.Threading.Thread.Sleep",
        "System.Collections.Generic.Dictionary`2.GetEnumerator", "System.Collections.Generic.Dictionary`2.get_Keys",
        "System.Collections.Generic.Dictionary`2.get_Values", "System.Collections.Generic.HashSet`1.GetEnumerator",
        "System.String.GetHashCode", "System.StringComparer.GetHashCode",
    ];

    [Fact]
    public void Rooms_know_only_the_rooms_below_them()
    {
        var broken = new SortedSet<string>(StringComparer.Ordinal);
        foreach ((Type from, Type to) in IlReferences.Types(Core))
        {
            string? room = RoomOf(from);
            string? other = RoomOf(to);
            if (room is null || other is null || room == other || other == "Kernel")
                continue;
            Allowed.ShouldContainKey(room, $"the room {room} has no place in the arrows: add it to this test and to docs/ARCHITECTURE.md");
            if (!Allowed[room].Contains(other))
                broken.Add($"{room} → {other} ({from.Name} uses {to.Name})");
        }

        broken.ShouldBeEmpty();
    }

    [Fact]
    public void The_core_reads_no_clock_draws_no_randomness_starts_no_thread_and_opens_no_file()
    {
        var broken = new SortedSet<string>(StringComparer.Ordinal);
        foreach ((Type from, Type to) in IlReferences.Types(Core))
        {
            if (BannedTypes.Contains(to.FullName) || BannedNamespaces.Any(space => IsIn(to, space)))
                broken.Add($"{from.FullName} uses {to.FullName}");
        }

        broken.ShouldBeEmpty("time, randomness, tasks and I/O reach an actor through its context alone");
    }

    [Fact]
    public void The_core_calls_nothing_whose_answer_differs_between_runs()
    {
        var broken = new SortedSet<string>(StringComparer.Ordinal);
        foreach ((Type from, MethodBase called) in IlReferences.Calls(Core))
        {
            Type? declaring = called.DeclaringType;
            string type = declaring is { IsGenericType: true } ? declaring.GetGenericTypeDefinition().FullName! : declaring?.FullName ?? "";
            if (BannedMembers.Contains($"{type}.{called.Name}"))
                broken.Add($"{from.FullName} calls {type}.{called.Name}");
        }

        broken.ShouldBeEmpty();
    }

    [Fact]
    public void Messages_are_sealed_and_hold_no_setter()
    {
        foreach (Type message in Core.GetTypes().Where(type => type.IsSubclassOf(typeof(Message))))
        {
            message.IsSealed.ShouldBeTrue($"{message.Name} may be in several inboxes at once: seal it");
            message.GetProperties().Where(property => property.SetMethod is { IsPublic: true } set
                    && !set.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(System.Runtime.CompilerServices.IsExternalInit)))
                .ShouldBeEmpty($"{message.Name} must not change after it was sent");
        }
    }

    private static string? RoomOf(Type type)
    {
        string space = type.Namespace ?? "";
        return space.StartsWith("AkkaKv.Core.", StringComparison.Ordinal) ? space.Split('.')[2] : null;
    }

    private static bool IsIn(Type type, string space) =>
        type.Namespace == space || (type.Namespace?.StartsWith(space + ".", StringComparison.Ordinal) ?? false);
}
