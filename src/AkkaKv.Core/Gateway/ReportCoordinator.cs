using AkkaKv.Api;
using AkkaKv.Core.AntiEntropy;
using AkkaKv.Core.Hints;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Membership;
using AkkaKv.Core.Reaping;

namespace AkkaKv.Core.Gateway;

/// <summary>
/// Asks every part of this node how it is and puts the answers together. What does not answer within a second is left out.
/// </summary>
internal sealed class ReportCoordinator(ClusterView view, int partitions, GatewayReport request) : Actor
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly HintTotals _hints = new();
    private readonly ReapTotals _reaping = new();
    private MembershipTold? _members;
    private AntiEntropyTold? _comparisons;
    private RepairTold? _repair;
    private TimerId _timer;
    private int _missing;

    public override void Start(IActorContext context)
    {
        _timer = context.StartTimer(Patience, new TooLate());
        Ask(context, ActorRole.Membership, 0, new MembershipAsk(context.Self));
        Ask(context, ActorRole.AntiEntropy, 0, new AntiEntropyAsk(context.Self));
        Ask(context, ActorRole.AntiEntropy, 0, request.StartsRepair ? new RepairStart(context.Self) : new RepairAsk(context.Self));
        for (int partition = 0; partition < partitions; partition++)
        {
            Ask(context, ActorRole.Hints, (ulong)partition, new HintsAsk(context.Self));
            Ask(context, ActorRole.Reaper, (ulong)partition, new ReapAsk(context.Self));
        }
    }

    public override void Receive(IActorContext context, Message message)
    {
        switch (message)
        {
            case MembershipTold told: _members = told; break;
            case AntiEntropyTold told: _comparisons = told; break;
            case RepairTold told: _repair = told; break;
            case HintsTold told: _hints.Add(told); break;
            case ReapTold told: _reaping.Add(told); break;
            case TooLate: Answer(context); return;
            default: return; // An answer to another kind of request: a peer mistook the number.
        }

        if (--_missing == 0)
            Answer(context);
    }

    private void Ask(IActorContext context, ActorRole role, ulong number, Message question)
    {
        _missing++;
        context.Send(new Address(context.Self.Node, role, number), question);
    }

    private void Answer(IActorContext context)
    {
        IReadOnlyList<HintsInfo> hints = _hints.ByTarget();
        var report = new NodeReport(
            MemberReports.Of(view.Members(), _members, _comparisons, hints),
            hints,
            _reaping.Total(),
            new AntiEntropyInfo(_comparisons?.TreeBytes ?? 0, _comparisons?.Pause ?? TimeSpan.Zero, _comparisons?.WaitingFor ?? ""),
            _repair?.Repair is { } repair ? MemberReports.Of(repair) : null,
            _missing == 0);
        context.Send(request.ReplyTo, new GatewayReportDone(report));
        context.CancelTimer(_timer);
        context.Stop();
    }

    private sealed record TooLate : Message;
}
