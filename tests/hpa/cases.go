// Prints random cases, one JSON object a line, with what Kubernetes' HorizontalPodAutoscaler answers as `want`.
// Ages are seconds before the case and end in .5, so that no answer depends on how long the program takes.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand"
	"os"
	"time"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	corelisters "k8s.io/client-go/listers/core/v1"
	"k8s.io/client-go/tools/cache"
	"k8s.io/kubernetes/pkg/controller/podautoscaler"
	"k8s.io/kubernetes/pkg/controller/podautoscaler/metrics"
)

const (
	namespace      = "cases"
	initialization = 5 * time.Minute
	readinessDelay = 30 * time.Second
	metricWindow   = 15 * time.Second
)

var draw = rand.New(rand.NewSource(4))

// Pod is a pod and its CPU metric. Value is absent where there is none.
type Pod struct {
	Age      float64 `json:"age"`
	Ready    bool    `json:"ready"`
	ReadyAge float64 `json:"ready_age"`
	Pending  bool    `json:"pending,omitempty"`
	Value    *int64  `json:"value,omitempty"`
	TakenAge float64 `json:"taken_age"`
}

// Policy is one policy of a behaviour.
type Policy struct {
	Type   string `json:"type"`
	Value  int32  `json:"value"`
	Period int32  `json:"period"`
}

// Rules are those for one direction.
type Rules struct {
	Window   int32    `json:"window"`
	Select   string   `json:"select"`
	Policies []Policy `json:"policies"`
}

// Case is a question to the HPA; which fields it has depends on its kind. Want is absent for an error.
type Case struct {
	Kind        string               `json:"kind"`
	Current     int32                `json:"current"`
	Desired     int32                `json:"desired,omitempty"`
	Least       int32                `json:"least,omitempty"`
	Most        int32                `json:"most,omitempty"`
	Usage       int64                `json:"usage,omitempty"`
	Target      int64                `json:"target,omitempty"`
	Up          float64              `json:"up"`
	Down        float64              `json:"down"`
	Ready       int                  `json:"ready,omitempty"`
	Request     int64                `json:"request,omitempty"`
	Pods        []Pod                `json:"pods,omitempty"`
	ScaleUp     *Rules               `json:"scale_up,omitempty"`
	ScaleDown   *Rules               `json:"scale_down,omitempty"`
	Recommended []podautoscaler.Past `json:"recommended,omitempty"`
	Added       []podautoscaler.Past `json:"added,omitempty"`
	Removed     []podautoscaler.Past `json:"removed,omitempty"`
	Want        *int32               `json:"want"`
}

func main() {
	out := json.NewEncoder(os.Stdout)
	for i := 0; i < 500; i++ {
		must(out.Encode(utilisation()))
	}
	for i := 0; i < 200; i++ {
		must(out.Encode(value()))
		must(out.Encode(averageValue()))
	}
	for i := 0; i < 500; i++ {
		must(out.Encode(normalise()))
	}
}

func utilisation() Case {
	c := withTolerance(Case{Kind: "utilisation", Current: int32(1 + draw.Intn(8)), Target: int64(5 * (1 + draw.Intn(30)))})
	c.Request = int64(100 * (1 + draw.Intn(160)))
	busy := draw.Float64() * 1.6 * float64(c.Target) / 100
	missing := draw.Float64() * draw.Float64()
	for i := 0; i < int(c.Current); i++ {
		c.Pods = append(c.Pods, randomPod(c.Request, busy, missing))
	}
	calculator, _ := calculatorFor(c.Pods, c.Request)
	want, _, _, _, err := calculator.GetResourceReplicas(context.Background(), c.Current, int32(c.Target), v1.ResourceCPU, tolerances(c), namespace, labels.Everything(), "")
	return answered(c, want, err)
}

func value() Case {
	c := withTolerance(Case{Kind: "value", Current: int32(draw.Intn(12)), Target: int64(1 + draw.Intn(20000))})
	c.Usage = int64(draw.Float64() * 3 * float64(c.Target))
	for i := 0; i < int(c.Current); i++ {
		pod := randomPod(0, 0, 0)
		c.Pods = append(c.Pods, pod)
		if pod.Ready && !pod.Pending {
			c.Ready++
		}
	}
	calculator, client := calculatorFor(c.Pods, 0)
	client.object = c.Usage
	want, _, _, err := calculator.GetObjectMetricReplicas(c.Current, c.Target, "m", tolerances(c), namespace, nil, labels.Everything(), nil)
	c.Pods = nil
	return answered(c, want, err)
}

func averageValue() Case {
	c := withTolerance(Case{Kind: "average_value", Current: int32(draw.Intn(12)), Target: int64(1 + draw.Intn(20000))})
	c.Usage = int64(draw.Float64() * 2 * float64(c.Target) * float64(1+c.Current))
	calculator, client := calculatorFor(nil, 0)
	client.external = []int64{c.Usage}
	want, _, _, err := calculator.GetExternalPerPodMetricReplicas(c.Current, c.Target, "m", tolerances(c), namespace, nil)
	return answered(c, want, err)
}

func normalise() Case {
	c := Case{Kind: "normalise", Least: int32(1 + draw.Intn(3)), ScaleUp: rules(), ScaleDown: rules()}
	c.Most = c.Least + int32(draw.Intn(30))
	c.Current = c.Least + int32(draw.Intn(int(c.Most-c.Least)+1))
	c.Desired = int32(draw.Intn(2 * int(c.Most)))
	c.Recommended, c.Added, c.Removed = pasts(8, 40), pasts(3, 8), pasts(3, 8)
	behavior := &autoscalingv2.HorizontalPodAutoscalerBehavior{ScaleUp: c.ScaleUp.rules(), ScaleDown: c.ScaleDown.rules()}
	want := podautoscaler.Normalise(behavior, c.Recommended, c.Added, c.Removed, c.Current, c.Desired, c.Least, c.Most)
	return answered(c, want, nil)
}

func randomPod(request int64, busy, missing float64) Pod {
	pod := Pod{Age: age(700), Ready: draw.Intn(5) > 0, Pending: draw.Intn(10) == 0, TakenAge: age(30)}
	pod.ReadyAge = float64(draw.Intn(int(pod.Age)+1)) + 0.5
	if draw.Float64() >= missing && !pod.Pending {
		used := int64(busy * float64(request) * (0.5 + draw.Float64()))
		pod.Value = &used
	}
	return pod
}

func rules() *Rules {
	found := &Rules{Window: int32(15 * draw.Intn(25)), Select: []string{"Max", "Min", "Disabled"}[min(2, draw.Intn(7)/3)]}
	for i := 0; i < 1+draw.Intn(3); i++ {
		kind := []string{"Pods", "Percent"}[draw.Intn(2)]
		value := int32(1 + draw.Intn(8))
		if kind == "Percent" {
			value = int32(1 + draw.Intn(150))
		}
		found.Policies = append(found.Policies, Policy{kind, value, int32(15 * (1 + draw.Intn(20)))})
	}
	return found
}

func (r *Rules) rules() *autoscalingv2.HPAScalingRules {
	selected := autoscalingv2.ScalingPolicySelect(r.Select)
	found := &autoscalingv2.HPAScalingRules{StabilizationWindowSeconds: &r.Window, SelectPolicy: &selected}
	for _, p := range r.Policies {
		found.Policies = append(found.Policies, autoscalingv2.HPAScalingPolicy{Type: autoscalingv2.HPAScalingPolicyType(p.Type), Value: p.Value, PeriodSeconds: p.Period})
	}
	return found
}

// pasts are up to `most` of up to `replicas`, the oldest first.
func pasts(most, replicas int) []podautoscaler.Past {
	var found []podautoscaler.Past
	oldest := 500
	for i := draw.Intn(most + 1); i > 0 && oldest > 0; i-- {
		oldest = draw.Intn(oldest)
		found = append(found, podautoscaler.Past{Age: float64(oldest) + 0.5, Replicas: int32(1 + draw.Intn(replicas))})
	}
	return found
}

func age(most int) float64 {
	return float64(draw.Intn(most)) + 0.5
}

func withTolerance(c Case) Case {
	c.Up, c.Down = 0.1, 0.1
	if draw.Intn(4) == 0 {
		c.Up, c.Down = float64(draw.Intn(40))/100, float64(draw.Intn(40))/100
	}
	return c
}

func tolerances(c Case) podautoscaler.Tolerances {
	return podautoscaler.NewTolerances(c.Up, c.Down)
}

func answered(c Case, want int32, err error) Case {
	if err == nil {
		c.Want = &want
	}
	return c
}

// calculatorFor is Kubernetes' calculator for these pods, and the metrics that it will be given.
func calculatorFor(pods []Pod, request int64) (*podautoscaler.ReplicaCalculator, *client) {
	now := time.Now()
	indexer := cache.NewIndexer(cache.MetaNamespaceKeyFunc, cache.Indexers{cache.NamespaceIndex: cache.MetaNamespaceIndexFunc})
	found := &client{resource: metrics.PodMetricsInfo{}}
	for i, pod := range pods {
		name := fmt.Sprint("pod-", i)
		must(indexer.Add(pod.object(name, request, now)))
		if pod.Value != nil {
			found.resource[name] = metrics.PodMetric{Timestamp: ago(now, pod.TakenAge), Window: metricWindow, Value: *pod.Value}
		}
	}
	return podautoscaler.NewReplicaCalculator(found, corelisters.NewPodLister(indexer), initialization, readinessDelay), found
}

func (p Pod) object(name string, request int64, now time.Time) *v1.Pod {
	phase, ready := v1.PodRunning, v1.ConditionFalse
	if p.Pending {
		phase = v1.PodPending
	}
	if p.Ready {
		ready = v1.ConditionTrue
	}
	started, changed := metav1.NewTime(ago(now, p.Age)), metav1.NewTime(ago(now, p.ReadyAge))
	cpu := *resource.NewMilliQuantity(request, resource.DecimalSI)
	return &v1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: namespace},
		Spec: v1.PodSpec{Containers: []v1.Container{{
			Name: "c", Resources: v1.ResourceRequirements{Requests: v1.ResourceList{v1.ResourceCPU: cpu}},
		}}},
		Status: v1.PodStatus{
			Phase: phase, StartTime: &started,
			Conditions: []v1.PodCondition{{Type: v1.PodReady, Status: ready, LastTransitionTime: changed}},
		},
	}
}

func ago(now time.Time, seconds float64) time.Time {
	return now.Add(-time.Duration(seconds * float64(time.Second)))
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
