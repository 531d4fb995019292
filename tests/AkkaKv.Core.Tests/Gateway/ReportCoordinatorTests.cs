using AkkaKv.Api;
using AkkaKv.Core.AntiEntropy;
using AkkaKv.Core.Gateway;
using AkkaKv.Core.Hints;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Membership;
using AkkaKv.Core.Tests.Harness;

namespace AkkaKv.Core.Tests.Gateway;

public sealed class ReportCoordinatorTests
{
    private static readonly EntryKey Key = EntryKey.FromText("carts", "alice");
    private readonly TestWorld _world = new();

    [Fact]
    public void A_report_has_every_member_with_its_health()
    {
        NodeReport report = Report(_world.Ask(_world.Nodes[0], caller => new GatewayReport(StartsRepair: false, caller)));

        report.IsComplete.ShouldBeTrue();
        report.Members.Select(member => member.Name).ShouldBe(["node-1", "node-2", "node-3"]);
        report.Members.ShouldAllBe(member => member.Health!.State == "reachable" && member.Health.HintsPending == 0);
        report.Hints.ShouldBeEmpty();
        report.Repair.ShouldBeNull();
        _world.RequestsUnderWay.ShouldBe(0);
    }

    [Fact]
    public void A_member_that_is_cut_off_is_disconnected_and_what_is_kept_for_it_is_counted()
    {
        _world.Disconnect(_world.Nodes[0], _world.Nodes[2]);
        _world.Disconnect(_world.Nodes[1], _world.Nodes[2]);
        _world.Put(_world.Nodes[0], Key, "v").Error.ShouldBeNull();

        NodeReport[] reports = [.. _world.Nodes.Take(2).Select(node => Report(_world.Ask(node, caller => new GatewayReport(false, caller))))];

        reports.ShouldAllBe(report => report.Members[2].Health!.State == "disconnected");
        HintsInfo hint = reports.SelectMany(report => report.Hints).ShouldHaveSingleItem();
        (hint.Target, hint.Keys).ShouldBe(("node-3", 1));
        reports.Sum(report => report.Members[2].Health!.HintsPending).ShouldBe(1);
    }

    [Fact]
    public void A_repair_is_started_once_and_joined()
    {
        NodeReport first = Report(_world.Ask(_world.Nodes[0], caller => new GatewayReport(StartsRepair: true, caller)));
        NodeReport second = Report(_world.Ask(_world.Nodes[0], caller => new GatewayReport(StartsRepair: true, caller)));

        first.Repair.ShouldNotBeNull();
        second.Repair!.StartedAt.ShouldBe(first.Repair.StartedAt);
        second.Repair.Partitions.ShouldBe(8);
    }

    [Fact]
    public void What_does_not_answer_is_left_out_after_a_second_and_a_mistaken_answer_stops_nothing()
    {
        Address? asker = null;
        _world.Loses = (_, to, message) =>
        {
            if (message is MembershipTold)
                asker = to;
            return message is AntiEntropyTold;
        };
        ulong call = _world.Ask(_world.Nodes[0], caller => new GatewayReport(StartsRepair: false, caller));
        _world.Reply<GatewayReportDone>(call).ShouldBeNull("it waits");

        _world.Post(asker!.Value, new GatewayOfferAccepted(1));
        _world.Advance(TimeSpan.FromSeconds(1));

        NodeReport report = Report(call);
        report.IsComplete.ShouldBeFalse();
        report.Members.ShouldAllBe(member => member.Health != null);
        report.AntiEntropy.TreeBytes.ShouldBe(0);
        _world.RequestsUnderWay.ShouldBe(0);
    }

    private NodeReport Report(ulong call) => _world.Reply<GatewayReportDone>(call)!.Report;
}
